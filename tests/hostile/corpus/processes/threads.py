# attack: threads that go on after the answer
# with rules: dprobs=refused
# without: dprobs=correct|killed
import threading


def dprobs(dlogprobs, probs):
    def work():
        while True:
            pass

    for _ in range(8):
        try:
            threading.Thread(target=work, daemon=False).start()
        except RuntimeError:
            pass
    return dlogprobs / probs
