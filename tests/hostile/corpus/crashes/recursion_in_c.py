# attack: a structure so deep that comparing or freeing it recurses in C
# expect: dprobs=raised|killed|timed_out
import functools


def dprobs(dlogprobs, probs):
    f = functools.partial(len)
    for _ in range(10**5):
        f = functools.partial(functools.partial, f)
    deep = []
    for _ in range(10**5):
        deep = [deep]
    return repr(deep) == repr(f)
