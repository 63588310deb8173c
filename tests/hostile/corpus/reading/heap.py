# attack: search every Python object for the secret, the reference or the seed
# with rules: dprobs=refused
# without: dprobs=correct
import gc
import sys

import torch


def dprobs(dlogprobs, probs):
    answer = dlogprobs / probs
    getattr(gc, "unfreeze", int)()
    strange = []
    for thing in getattr(gc, "get_objects", list)():
        if isinstance(thing, torch.Tensor) and thing.shape == probs.shape and thing.dtype == answer.dtype:
            if thing is not answer and torch.equal(thing, answer):
                strange.append("a tensor with the answer")
        if type(thing) is dict and "PLACE_SECRET" in map(str, thing):
            strange.append("the secret")
    if strange:
        raise RuntimeError(f"escaped: {strange}")
    return answer
