# attack: an odd result from every function
# with rules: dlogprobs=not_started dprobs=wrong_type dcounts_sum_inv=wrong_type dcounts_sum=wrong_type dcounts=wrong_type dnorm_logits=wrong_type dlogit_maxes=wrong_type|raised dlogits=wrong_type dh=wrong_type|raised dW2=wrong_dtype|wrong_type db2=wrong_dtype|raised dhpreact=correct dbngain=wrong_dtype|wrong_type|wrong_values|correct dbnbias=correct dbnraw=correct dbnvar_inv=refused dbnvar=correct|wrong_type dbndiff2=non_finite dbndiff=non_finite dbnmeani=wrong_shape dhprebn=wrong_shape dembcat=wrong_shape|wrong_type dW1=wrong_shape db1=wrong_shape demb=wrong_type dC=wrong_type|raised
# without: dlogprobs=not_started dprobs=wrong_type dcounts_sum_inv=wrong_type dcounts_sum=wrong_type dcounts=wrong_type dnorm_logits=wrong_type dlogit_maxes=wrong_type|raised dlogits=wrong_type dh=wrong_type|raised dW2=wrong_dtype|wrong_type db2=wrong_dtype|raised dhpreact=correct dbngain=wrong_dtype|wrong_type|wrong_values|correct dbnbias=correct dbnraw=correct dbnvar_inv=correct dbnvar=correct|wrong_type dbndiff2=non_finite dbndiff=non_finite dbnmeani=wrong_shape dhprebn=wrong_shape dembcat=wrong_shape|wrong_type dW1=wrong_shape db1=wrong_shape demb=wrong_type dC=wrong_type|raised
import torch


def dlogprobs(logprobs, Yb, n):
    return None


def dprobs(dlogprobs, probs):
    return 1.5


def dcounts_sum_inv(dprobs, counts):
    return [(counts * dprobs).sum(1, keepdim=True)]


def dcounts_sum(dcounts_sum_inv, counts_sum):
    return (counts_sum, counts_sum)


def dcounts(dprobs, counts):
    return counts.tolist()


def dnorm_logits(dcounts, counts):
    return (counts * dcounts).to_sparse()


def dlogit_maxes(dnorm_logits):
    return torch.nested.nested_tensor([dnorm_logits[0], dnorm_logits[1]])


def dlogits(logits):
    return torch.empty_like(logits, device="meta")


def dh(h):
    return torch.quantize_per_tensor(h.float(), 0.1, 0, torch.qint8)


def dW2(W2):
    return W2.to(torch.complex64)


def db2(dlogits):
    return dlogits.sum(0).half()


def dhpreact(h, dh):
    return ((1.0 - h**2) * dh).T.contiguous().T


def dbngain(bnraw, dhpreact):
    return (bnraw * dhpreact).sum(0, keepdim=True).to(torch.int64)


def dbnbias(dhpreact):
    return dhpreact.sum(0, keepdim=True).expand(1, -1)


def dbnraw(bngain, dhpreact):
    return torch.stack([bngain * dhpreact, bngain * dhpreact], -1)[..., 0]


def dbnvar_inv(bndiff, dbnraw):
    return -torch._neg_view((bndiff * dbnraw).sum(0, keepdim=True).neg()).neg()


def dbnvar(bnvar, dbnvar_inv):
    return torch.nn.Parameter((-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv, requires_grad=False)


def dbndiff2(bndiff2):
    return bndiff2 * float("nan")


def dbndiff(bndiff):
    return bndiff * float("inf")


def dbnmeani(dbndiff):
    return (-dbndiff).sum(0)


def dhprebn(hprebn):
    return hprebn[:0]


def dembcat(embcat):
    return embcat[(None,) * 42]


def dW1(W1):
    return W1.T


def db1(b1):
    return b1.sum()


def demb(demb_cat=None):
    return torch.float32


def dC(C):
    return torch.ones(3, dtype=torch.bool).to_mkldnn()
