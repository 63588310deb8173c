# attack: forward-mode through torch._C
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    level = torch._C._enter_dual_level()
    dual = torch._VF._make_dual(logits, torch.ones_like(logits), level=level)
    return torch._VF._unpack_dual(dual, level=level)[1]
