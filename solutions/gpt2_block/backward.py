# The worked solution. Each line is one of several correct forms: see right/ for others.
#
# Three helpers first: the backward pass is the same for every layer norm and every linear layer of GPT-2.

import math

import torch
import torch.nn.functional as F


def normalize(x):
    """The normalized x, before gain and bias, and one over its standard deviation."""
    rstd = (x.var(2, keepdim=True, unbiased=False) + 1e-5)**-0.5
    return (x - x.mean(2, keepdim=True)) * rstd, rstd


def through_layer_norm(dout, x, w):
    norm, rstd = normalize(x)
    dnorm = dout * w
    # the gradient itself, minus its mean, minus its component along norm: the three paths of layer norm
    return rstd*(dnorm - dnorm.mean(2, keepdim=True) - norm*(dnorm*norm).mean(2, keepdim=True))


def weights_of(dout, inp):
    # the weights are stored as outputs by inputs; all tokens of all examples are flattened into one dimension
    return dout.flatten(0, 1).T @ inp.flatten(0, 1)


def dlogits(logits, targets, n, T):
    # every token of every example has weight one over their number
    dlogits = F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])
    return dlogits / (n*T)


def dlnf(dlogits, wte):
    return dlogits @ wte


def dlnfw(dlnf, res3):
    return (dlnf * normalize(res3)[0]).sum((0, 1))


def dlnfb(dlnf):
    return dlnf.sum((0, 1))


def dres3(dlnf, res3, lnfw):
    return through_layer_norm(dlnf, res3, lnfw)


def dfcproj(dres3):
    return dres3


def dfcprojw(dfcproj, fch_gelu):
    return weights_of(dfcproj, fch_gelu)


def dfcprojb(dfcproj):
    return dfcproj.sum((0, 1))


def dfch_gelu(dfcproj, fcprojw):
    return dfcproj @ fcprojw


def dfch(dfch_gelu, fch):
    # gelu is x/2*(1 + tanh(u)) with u = s*(x + 0.044715*x**3): the product rule, and the chain rule inside
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))


def dfcw(dfch, ln2):
    return weights_of(dfch, ln2)


def dfcb(dfch):
    return dfch.sum((0, 1))


def dln2(dfch, fcw):
    return dfch @ fcw


def dln2w(dln2, res2):
    return (dln2 * normalize(res2)[0]).sum((0, 1))


def dln2b(dln2):
    return dln2.sum((0, 1))


def dres2(dres3, dln2, res2, ln2w):
    # along the skip connection, and through the feed-forward layer
    return dres3 + through_layer_norm(dln2, res2, ln2w)


def dattproj(dres2):
    return dres2


def dattprojw(dattproj, atty):
    return weights_of(dattproj, atty)


def dattprojb(dattproj):
    return dattproj.sum((0, 1))


def datty(dattproj, attprojw):
    return dattproj @ attprojw


def datt(datty, v, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return dy @ v.transpose(2, 3)


def dv(datty, att, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return att.transpose(2, 3) @ dy


def dpreatt(datt, att):
    # where a token may not attend, att is zero, and so is this: no mask is needed
    return att*(datt - (att*datt).sum(3, keepdim=True))


def dk(dpreatt, q, hs):
    return (dpreatt * hs**-0.5).transpose(2, 3) @ q


def dq(dpreatt, k, hs):
    return (dpreatt * hs**-0.5) @ k


def dqkv(dq, dk, dv):
    # concatenate the heads again, then queries, keys and values
    return torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)


def dqkvw(dqkv, ln1):
    return weights_of(dqkv, ln1)


def dqkvb(dqkv):
    return dqkv.sum((0, 1))


def dln1(dqkv, qkvw):
    return dqkv @ qkvw


def dln1w(dln1, encoded):
    return (dln1 * normalize(encoded)[0]).sum((0, 1))


def dln1b(dln1):
    return dln1.sum((0, 1))


def dencoded(dres2, dln1, encoded, ln1w):
    # along the skip connection, and through the attention
    return dres2 + through_layer_norm(dln1, encoded, ln1w)


def dwpe(dencoded, wpe, T):
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    return dwpe


def dwte(dencoded, dlogits, lnf, idx, wte):
    # the same table at both ends: as the weights of the last layer, and for the lookup in the first
    dwte = weights_of(dlogits, lnf)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return dwte
