# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# dx means "the derivative of the loss with respect to x", and it always has the shape of x.
# Fill in a function, save, run `grade`, and look at its line. Any order works: each function is
# tested with correct upstream gradients (those of later variables), so one mistake costs one line.
#
# Arguments are passed by name. Add or remove parameters to get what you need: any forward value
# (logits, W2, n, ...) or the gradient of anything computed from your variable (dlogits, dloss, ...).
# The shapes below are those of the lecture's minibatch of 32; your functions are also tested on
# other sizes.
#
# Use pencil, paper and PyTorch tensors; autograd is what you are replacing.

import torch
import torch.nn.functional as F


def dlogprobs(logprobs, Yb, n):
    """loss = -logprobs[range(n), Yb].mean()

    shape (32, 27), like logprobs
    """
    # TODO: write dlogprobs
    raise NotImplementedError


def dprobs(dlogprobs, probs):
    """logprobs = probs.log()

    shape (32, 27), like probs
    """
    # TODO: write dprobs
    raise NotImplementedError


def dcounts_sum_inv(dprobs, counts):
    """probs = counts * counts_sum_inv

    shape (32, 1), like counts_sum_inv
    """
    # TODO: write dcounts_sum_inv
    raise NotImplementedError


def dcounts_sum(dcounts_sum_inv, counts_sum):
    """counts_sum_inv = counts_sum**-1

    shape (32, 1), like counts_sum
    """
    # TODO: write dcounts_sum
    raise NotImplementedError


def dcounts(dprobs, dcounts_sum, counts, counts_sum_inv):
    """probs = counts * counts_sum_inv
       counts_sum = counts.sum(1, keepdim=True)

    shape (32, 27), like counts
    """
    # TODO: write dcounts
    raise NotImplementedError


def dnorm_logits(dcounts, counts):
    """counts = norm_logits.exp()

    shape (32, 27), like norm_logits
    """
    # TODO: write dnorm_logits
    raise NotImplementedError


def dlogit_maxes(dnorm_logits):
    """norm_logits = logits - logit_maxes

    shape (32, 1), like logit_maxes
    """
    # TODO: write dlogit_maxes
    raise NotImplementedError


def dlogits(dnorm_logits, dlogit_maxes, logits):
    """norm_logits = logits - logit_maxes
       logit_maxes = logits.max(1, keepdim=True).values

    shape (32, 27), like logits
    """
    # TODO: write dlogits
    raise NotImplementedError


def dh(dlogits, W2):
    """logits = h @ W2 + b2

    shape (32, 64), like h
    """
    # TODO: write dh
    raise NotImplementedError


def dW2(dlogits, h):
    """logits = h @ W2 + b2

    shape (64, 27), like W2
    """
    # TODO: write dW2
    raise NotImplementedError


def db2(dlogits):
    """logits = h @ W2 + b2

    shape (27,), like b2
    """
    # TODO: write db2
    raise NotImplementedError


def dhpreact(dh, h):
    """h = torch.tanh(hpreact)

    shape (32, 64), like hpreact
    """
    # TODO: write dhpreact
    raise NotImplementedError


def dbngain(dhpreact, bnraw):
    """hpreact = bngain * bnraw + bnbias

    shape (1, 64), like bngain
    """
    # TODO: write dbngain
    raise NotImplementedError


def dbnbias(dhpreact):
    """hpreact = bngain * bnraw + bnbias

    shape (1, 64), like bnbias
    """
    # TODO: write dbnbias
    raise NotImplementedError


def dbnraw(dhpreact, bngain):
    """hpreact = bngain * bnraw + bnbias

    shape (32, 64), like bnraw
    """
    # TODO: write dbnraw
    raise NotImplementedError


def dbnvar_inv(dbnraw, bndiff):
    """bnraw = bndiff * bnvar_inv

    shape (1, 64), like bnvar_inv
    """
    # TODO: write dbnvar_inv
    raise NotImplementedError


def dbnvar(dbnvar_inv, bnvar):
    """bnvar_inv = (bnvar + 1e-5)**-0.5

    shape (1, 64), like bnvar
    """
    # TODO: write dbnvar
    raise NotImplementedError


def dbndiff2(dbnvar, bndiff2, n):
    """bnvar = 1/(n-1)*(bndiff2).sum(0, keepdim=True)

    shape (32, 64), like bndiff2
    """
    # TODO: write dbndiff2
    raise NotImplementedError


def dbndiff(dbnraw, dbndiff2, bndiff, bnvar_inv):
    """bnraw = bndiff * bnvar_inv
       bndiff2 = bndiff**2

    shape (32, 64), like bndiff
    """
    # TODO: write dbndiff
    raise NotImplementedError


def dbnmeani(dbndiff):
    """bndiff = hprebn - bnmeani

    shape (1, 64), like bnmeani
    """
    # TODO: write dbnmeani
    raise NotImplementedError


def dhprebn(dbndiff, dbnmeani, hprebn, n):
    """bndiff = hprebn - bnmeani
       bnmeani = 1/n*hprebn.sum(0, keepdim=True)

    shape (32, 64), like hprebn
    """
    # TODO: write dhprebn
    raise NotImplementedError


def dembcat(dhprebn, W1):
    """hprebn = embcat @ W1 + b1

    shape (32, 30), like embcat
    """
    # TODO: write dembcat
    raise NotImplementedError


def dW1(dhprebn, embcat):
    """hprebn = embcat @ W1 + b1

    shape (30, 64), like W1
    """
    # TODO: write dW1
    raise NotImplementedError


def db1(dhprebn):
    """hprebn = embcat @ W1 + b1

    shape (64,), like b1
    """
    # TODO: write db1
    raise NotImplementedError


def demb(dembcat, emb):
    """embcat = emb.view(emb.shape[0], -1)

    shape (32, 3, 10), like emb
    """
    # TODO: write demb
    raise NotImplementedError


def dC(demb, C, Xb):
    """emb = C[Xb]

    shape (27, 10), like C
    """
    # TODO: write dC
    raise NotImplementedError
