# attack: a regular expression that backtracks for years
# expect: dprobs=timed_out
import re


def dprobs(dlogprobs, probs):
    re.match(r"(a+)+$", "a" * 64 + "b")
