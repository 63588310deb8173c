# The worked solution: the gradients of the gpt2_block exercise, one after the other.

import math

import torch
import torch.nn.functional as F


def normalize(x):
    """The normalized x, before gain and bias, and one over its standard deviation."""
    rstd = (x.var(2, keepdim=True, unbiased=False) + 1e-5)**-0.5
    return (x - x.mean(2, keepdim=True)) * rstd, rstd


def layer_norm(dout, x, w):
    """The gradients of layer norm's input, gain and bias."""
    norm, rstd = normalize(x)
    dnorm = dout * w
    # the gradient itself, minus its mean, minus its component along norm
    dx = rstd*(dnorm - dnorm.mean(2, keepdim=True) - norm*(dnorm*norm).mean(2, keepdim=True))
    return dx, (dout*norm).sum((0, 1)), dout.sum((0, 1))


def linear(dout, inp, w):
    """The gradients of a linear layer's input, weights and bias; the weights are stored as outputs by inputs."""
    return dout @ w, dout.flatten(0, 1).T @ inp.flatten(0, 1), dout.sum((0, 1))


def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]
