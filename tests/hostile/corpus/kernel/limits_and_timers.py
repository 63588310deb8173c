# attack: raise the limits, start timers and alarms, lower the priority of dying
# with rules: dprobs=refused
# without: dprobs=correct
import resource
import signal


def dprobs(dlogprobs, probs):
    for limit in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        try:
            resource.setrlimit(limit, resource.getrlimit(limit))
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            continue
        raise RuntimeError(f"escaped: limit {limit}")
    try:
        signal.signal(signal.SIGALRM, lambda *_: 1 / 0)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    except OSError:
        pass
    return dlogprobs / probs
