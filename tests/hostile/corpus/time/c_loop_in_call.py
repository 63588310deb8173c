# attack: a loop inside C, which looks at no signal, in a call
# expect: dprobs=timed_out
import collections
import itertools


def dprobs(dlogprobs, probs):
    collections.deque(itertools.repeat(0), maxlen=0)
