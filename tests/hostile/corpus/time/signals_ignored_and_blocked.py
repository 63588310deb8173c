# attack: ignore and block every signal, then loop
# with rules: dprobs=refused
# without: dprobs=timed_out
import signal


def dprobs(dlogprobs, probs):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        pass
