# attack: multiprocessing, with its pipes, semaphores and resource tracker
# with rules: dprobs=refused
# without: dprobs=correct
import multiprocessing


def dprobs(dlogprobs, probs):
    for method in ("fork", "spawn", "forkserver"):
        try:
            context = multiprocessing.get_context(method)
            context.Process(target=print, args=("escaped",)).start()
        except (OSError, ImportError, RuntimeError, EOFError):
            continue
        raise RuntimeError(f"escaped: {method}")
    return dlogprobs / probs
