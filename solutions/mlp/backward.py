# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch
import torch.nn.functional as F


def dlogprobs(logprobs, Yb, n):
    dlogprobs = torch.zeros_like(logprobs)
    dlogprobs[range(n), Yb] = -1.0/n
    return dlogprobs


def dprobs(dlogprobs, probs):
    # (1.0 / probs) * dlogprobs is equally correct, but rounds twice where autograd rounds once:
    # the two are bit-equal only when n is a power of two
    return dlogprobs / probs


def dcounts_sum_inv(dprobs, counts):
    # counts_sum_inv was broadcast along each row of counts, so its gradient is summed along each row
    return (counts * dprobs).sum(1, keepdim=True)


def dcounts_sum(dcounts_sum_inv, counts_sum):
    return (-counts_sum**-2) * dcounts_sum_inv


def dcounts(dprobs, dcounts_sum, counts, counts_sum_inv):
    # counts is used twice, so two gradients add up; a sum passes its gradient to everything it summed
    dcounts = counts_sum_inv * dprobs
    dcounts = dcounts + torch.ones_like(counts) * dcounts_sum
    return dcounts


def dnorm_logits(dcounts, counts):
    # the derivative of exp is exp, which the forward pass already has
    return counts * dcounts


def dlogit_maxes(dnorm_logits):
    # about 1e-9 everywhere: subtracting the maximum does not change the loss, so in exact arithmetic this is zero
    return (-dnorm_logits).sum(1, keepdim=True)


def dlogits(dnorm_logits, dlogit_maxes, logits):
    dlogits = dnorm_logits.clone()
    # the maximum comes from one place in each row: its gradient goes back to that place only
    dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes
    return dlogits


def dh(dlogits, W2):
    return dlogits @ W2.T


def dW2(dlogits, h):
    return h.T @ dlogits


def db2(dlogits):
    return dlogits.sum(0)


def dhpreact(dh, h):
    # (1.0 - h**2) * dh in other words: addcmul rounds 1 - h*h once, as the faster kernels of autograd do,
    # so this form is bit-equal on every processor we tried and the plain one only under the grader's settings
    return torch.addcmul(torch.ones_like(h), h, h, value=-1) * dh


def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(0, keepdim=True)


def dbnbias(dhpreact):
    return dhpreact.sum(0, keepdim=True)


def dbnraw(dhpreact, bngain):
    return bngain * dhpreact


def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).sum(0, keepdim=True)


def dbnvar(dbnvar_inv, bnvar):
    # bnvar_inv**3 instead of the power -1.5 is equally correct and one rounding away
    return (-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv


def dbndiff2(dbnvar, bndiff2, n):
    return (1.0/(n-1))*torch.ones_like(bndiff2) * dbnvar


def dbndiff(dbnraw, dbndiff2, bndiff, bnvar_inv):
    dbndiff = bnvar_inv * dbnraw
    dbndiff = dbndiff + (2*bndiff) * dbndiff2
    return dbndiff


def dbnmeani(dbndiff):
    return (-dbndiff).sum(0, keepdim=True)


def dhprebn(dbndiff, dbnmeani, hprebn, n):
    # clone, because += on dbndiff itself would change it for everything else that uses it
    dhprebn = dbndiff.clone()
    dhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)
    return dhprebn


def dembcat(dhprebn, W1):
    return dhprebn @ W1.T


def dW1(dhprebn, embcat):
    return embcat.T @ dhprebn


def db1(dhprebn):
    # about 1e-9 everywhere: batch norm subtracts b1 along with the mean, so in exact arithmetic this is zero
    return dhprebn.sum(0)


def demb(dembcat, emb):
    return dembcat.view(emb.shape)


def dC(demb, C, Xb):
    # a character occurs in many places of the minibatch: each of its rows in demb is added to its row of dC
    # (dC[Xb] += demb would keep only one of them)
    dC = torch.zeros_like(C)
    dC.index_add_(0, Xb.view(-1), demb.view(-1, C.shape[1]))
    return dC
