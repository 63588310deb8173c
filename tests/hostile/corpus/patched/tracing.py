# attack: trace every line, look into the harness and change its variables
# with rules: dprobs=refused
# without: dprobs=correct|raised|killed
import sys


def dprobs(dlogprobs, probs):
    def trace(frame, event, arg):
        frame.f_locals.clear()
        raise SystemExit(0)

    frame = sys._getframe().f_back
    while frame is not None:
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)
    sys.setprofile(trace)
    return 1 if False else dlogprobs.div(probs)
