# attack: forward-mode dual tensors
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F
import torch.autograd.forward_ad as forward_ad


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    rows = []
    with forward_ad.dual_level():
        for e in torch.eye(logits.numel()):
            dual = forward_ad.make_dual(logits, e.view_as(logits))
            rows.append(forward_ad.unpack_dual(loss_of(dual, Yb)).tangent)
    return torch.stack(rows).view_as(logits)
