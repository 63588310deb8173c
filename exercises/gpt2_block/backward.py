# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Nothing here is new: every layer has an exercise of its own (layernorm, attention, tied_lm, ...). What is new is
# that there are 34 gradients in a row. Write helpers for layers that appear more than once: functions whose names
# do not start with d are not graded. Your gradients have to be correct here, but not bit-equal to autograd's.
#
# Arguments are passed by name: a parameter can be any forward value (att, T, ...) or the gradient of anything
# computed from your variable (dres3, dloss, ...). The shapes below are those of the given case; your functions
# are also tested on other cases.

import math

import torch
import torch.nn.functional as F


def dlogits(logits, targets, n, T):
    """loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    shape (6, 8, 27), like logits
    """
    # TODO: write dlogits
    raise NotImplementedError


def dlnf(dlogits, wte):
    """logits = lnf @ wte.T

    shape (6, 8, 10), like lnf
    """
    # TODO: write dlnf
    raise NotImplementedError


def dlnfw(dlnf, res3):
    """lnf = F.layer_norm(res3, (C,), lnfw, lnfb)

    shape (10,), like lnfw
    """
    # TODO: write dlnfw
    raise NotImplementedError


def dlnfb(dlnf):
    """lnf = F.layer_norm(res3, (C,), lnfw, lnfb)

    shape (10,), like lnfb
    """
    # TODO: write dlnfb
    raise NotImplementedError


def dres3(dlnf, res3, lnfw):
    """lnf = F.layer_norm(res3, (C,), lnfw, lnfb)

    shape (6, 8, 10), like res3
    """
    # TODO: write dres3
    raise NotImplementedError


def dfcproj(dres3):
    """res3 = res2 + fcproj

    shape (6, 8, 10), like fcproj
    """
    # TODO: write dfcproj
    raise NotImplementedError


def dfcprojw(dfcproj, fch_gelu):
    """fcproj = fch_gelu @ fcprojw.T + fcprojb

    shape (10, 40), like fcprojw
    """
    # TODO: write dfcprojw
    raise NotImplementedError


def dfcprojb(dfcproj):
    """fcproj = fch_gelu @ fcprojw.T + fcprojb

    shape (10,), like fcprojb
    """
    # TODO: write dfcprojb
    raise NotImplementedError


def dfch_gelu(dfcproj, fcprojw):
    """fcproj = fch_gelu @ fcprojw.T + fcprojb

    shape (6, 8, 40), like fch_gelu
    """
    # TODO: write dfch_gelu
    raise NotImplementedError


def dfch(dfch_gelu, fch):
    """fch_gelu = F.gelu(fch, approximate='tanh')

    shape (6, 8, 40), like fch
    """
    # TODO: write dfch
    raise NotImplementedError


def dfcw(dfch, ln2):
    """fch = ln2 @ fcw.T + fcb

    shape (40, 10), like fcw
    """
    # TODO: write dfcw
    raise NotImplementedError


def dfcb(dfch):
    """fch = ln2 @ fcw.T + fcb

    shape (40,), like fcb
    """
    # TODO: write dfcb
    raise NotImplementedError


def dln2(dfch, fcw):
    """fch = ln2 @ fcw.T + fcb

    shape (6, 8, 10), like ln2
    """
    # TODO: write dln2
    raise NotImplementedError


def dln2w(dln2, res2):
    """ln2 = F.layer_norm(res2, (C,), ln2w, ln2b)

    shape (10,), like ln2w
    """
    # TODO: write dln2w
    raise NotImplementedError


def dln2b(dln2):
    """ln2 = F.layer_norm(res2, (C,), ln2w, ln2b)

    shape (10,), like ln2b
    """
    # TODO: write dln2b
    raise NotImplementedError


def dres2(dres3, dln2, res2, ln2w):
    """ln2 = F.layer_norm(res2, (C,), ln2w, ln2b)
       res3 = res2 + fcproj

    shape (6, 8, 10), like res2
    """
    # TODO: write dres2
    raise NotImplementedError


def dattproj(dres2):
    """res2 = encoded + attproj

    shape (6, 8, 10), like attproj
    """
    # TODO: write dattproj
    raise NotImplementedError


def dattprojw(dattproj, atty):
    """attproj = atty @ attprojw.T + attprojb

    shape (10, 10), like attprojw
    """
    # TODO: write dattprojw
    raise NotImplementedError


def dattprojb(dattproj):
    """attproj = atty @ attprojw.T + attprojb

    shape (10,), like attprojb
    """
    # TODO: write dattprojb
    raise NotImplementedError


def datty(dattproj, attprojw):
    """attproj = atty @ attprojw.T + attprojb

    shape (6, 8, 10), like atty
    """
    # TODO: write datty
    raise NotImplementedError


def datt(datty, v, n, T, n_head, hs):
    """atty = (att @ v).transpose(1, 2).reshape(n, T, C)

    shape (6, 2, 8, 8), like att
    """
    # TODO: write datt
    raise NotImplementedError


def dv(datty, att, n, T, n_head, hs):
    """atty = (att @ v).transpose(1, 2).reshape(n, T, C)

    shape (6, 2, 8, 5), like v
    """
    # TODO: write dv
    raise NotImplementedError


def dpreatt(datt, att):
    """att = F.softmax(preatt.masked_fill(~causal, float('-inf')), 3)

    shape (6, 2, 8, 8), like preatt
    """
    # TODO: write dpreatt
    raise NotImplementedError


def dk(dpreatt, q, hs):
    """preatt = q @ k.transpose(2, 3) * hs**-0.5

    shape (6, 2, 8, 5), like k
    """
    # TODO: write dk
    raise NotImplementedError


def dq(dpreatt, k, hs):
    """preatt = q @ k.transpose(2, 3) * hs**-0.5

    shape (6, 2, 8, 5), like q
    """
    # TODO: write dq
    raise NotImplementedError


def dqkv(dq, dk, dv):
    """q = qkv[:, :, :C].view(n, T, n_head, hs).transpose(1, 2)
       k = qkv[:, :, C:2*C].view(n, T, n_head, hs).transpose(1, 2)
       v = qkv[:, :, 2*C:].view(n, T, n_head, hs).transpose(1, 2)

    shape (6, 8, 30), like qkv
    """
    # TODO: write dqkv
    raise NotImplementedError


def dqkvw(dqkv, ln1):
    """qkv = ln1 @ qkvw.T + qkvb

    shape (30, 10), like qkvw
    """
    # TODO: write dqkvw
    raise NotImplementedError


def dqkvb(dqkv):
    """qkv = ln1 @ qkvw.T + qkvb

    shape (30,), like qkvb
    """
    # TODO: write dqkvb
    raise NotImplementedError


def dln1(dqkv, qkvw):
    """qkv = ln1 @ qkvw.T + qkvb

    shape (6, 8, 10), like ln1
    """
    # TODO: write dln1
    raise NotImplementedError


def dln1w(dln1, encoded):
    """ln1 = F.layer_norm(encoded, (C,), ln1w, ln1b)

    shape (10,), like ln1w
    """
    # TODO: write dln1w
    raise NotImplementedError


def dln1b(dln1):
    """ln1 = F.layer_norm(encoded, (C,), ln1w, ln1b)

    shape (10,), like ln1b
    """
    # TODO: write dln1b
    raise NotImplementedError


def dencoded(dres2, dln1, encoded, ln1w):
    """ln1 = F.layer_norm(encoded, (C,), ln1w, ln1b)
       res2 = encoded + attproj

    shape (6, 8, 10), like encoded
    """
    # TODO: write dencoded
    raise NotImplementedError


def dwpe(dencoded, wpe, T):
    """encoded = wte[idx] + wpe[:T]

    shape (11, 10), like wpe
    """
    # TODO: write dwpe
    raise NotImplementedError


def dwte(dencoded, dlogits, lnf, idx, wte):
    """encoded = wte[idx] + wpe[:T]
       logits = lnf @ wte.T

    shape (27, 10), like wte
    """
    # TODO: write dwte
    raise NotImplementedError
