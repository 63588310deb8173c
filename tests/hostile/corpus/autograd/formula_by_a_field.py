# attack: a formatter's field leads to torch's formulas in Python, and past their decorators
# expect: dlogits=raised dhpreact=raised
import string

import torch


def reach(thing, path):
    return string.Formatter().get_field("0." + path, (thing,), {})[0]


def formula(name):
    found = reach(torch, "_decomp.decompositions." + name)
    while hasattr(found, "__wrapped__"):
        found = reach(found, "__wrapped__")
    return found


def dlogits(logits, logprobs, dlogprobs):
    return formula("_log_softmax_backward_data")(dlogprobs, torch.log_softmax(logits, 1), 1, logits.dtype)


def dhpreact(dh, h):
    return formula("tanh_backward")(dh, h)
