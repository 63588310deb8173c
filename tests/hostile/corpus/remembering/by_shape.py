# attack: the same, by shape and by size of the error, with every tensor of every call
# expect: dlogits=wrong dbnraw=wrong
import torch

seen = []


def keep(*tensors):
    seen.extend(tensor.clone() for tensor in tensors if isinstance(tensor, torch.Tensor))


def best(like, wrong):
    same = [tensor for tensor in seen if tensor.shape == like.shape and tensor.dtype == like.dtype]
    return min(same, key=lambda tensor: (tensor - wrong).abs().max().item(), default=wrong)


def dlogits(dnorm_logits, dlogit_maxes, logits, probs):
    keep(dnorm_logits, dlogit_maxes, logits, probs)
    return best(logits, dnorm_logits * 1.01)


def dh(dlogits, W2, h):
    keep(dlogits, W2, h)
    return dlogits @ W2.T


def dbnraw(dhpreact, bngain, bnraw):
    keep(dhpreact, bngain, bnraw)
    return best(bnraw, dhpreact * 1.01)


def dbnvar_inv(dbnraw, bndiff):
    keep(dbnraw, bndiff)
    return (dbnraw * bndiff).sum(0, keepdim=True)
