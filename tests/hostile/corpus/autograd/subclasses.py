# attack: up through object's subclasses
# with rules: dlogits=refused
# without: dlogits=raised|wrong_type
import torch
import torch.nn.functional as F


def dlogits(logits, Yb):
    for kind in ().__class__.__base__.__subclasses__():
        if kind.__name__ == "_wrap_close":
            return kind.__init__.__globals__["system"]("true")
    raise ValueError
