# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Most lines are products, where each factor's derivative is the other one. Mind c: it is used twice, in the tanh and
# in the next step, which is cotc here. And mind which gates are sigmoids and which one is a tanh.
#
# Arguments are passed by name: a parameter can be any forward value (cprev, tc, H, ...) or the gradient of
# anything computed from your variable (dc, dloss, ...). The shapes below are those of the given case; your
# functions are also tested on other cases.

import torch


def dh(coth):
    """loss = (h * coth).sum() + (c * cotc).sum()

    shape (10, 8), like h
    """
    # TODO: write dh
    raise NotImplementedError


def dtc(dh, o):
    """h = o*tc

    shape (10, 8), like tc
    """
    # TODO: write dtc
    raise NotImplementedError


def do(dh, tc):
    """h = o*tc

    shape (10, 8), like o
    """
    # TODO: write do
    raise NotImplementedError


def dc(dtc, tc, cotc):
    """tc = torch.tanh(c)
       loss = (h * coth).sum() + (c * cotc).sum()

    shape (10, 8), like c
    """
    # TODO: write dc
    raise NotImplementedError


def dcprev(dc, f):
    """c = f*cprev + i*g

    shape (10, 8), like cprev
    """
    # TODO: write dcprev
    raise NotImplementedError


def df(dc, cprev):
    """c = f*cprev + i*g

    shape (10, 8), like f
    """
    # TODO: write df
    raise NotImplementedError


def di(dc, g):
    """c = f*cprev + i*g

    shape (10, 8), like i
    """
    # TODO: write di
    raise NotImplementedError


def dg(dc, i):
    """c = f*cprev + i*g

    shape (10, 8), like g
    """
    # TODO: write dg
    raise NotImplementedError


def dgo(do, o):
    """o = torch.sigmoid(go)

    shape (10, 8), like go
    """
    # TODO: write dgo
    raise NotImplementedError


def dgg(dg, g):
    """g = torch.tanh(gg)

    shape (10, 8), like gg
    """
    # TODO: write dgg
    raise NotImplementedError


def dgf(df, f):
    """f = torch.sigmoid(gf)

    shape (10, 8), like gf
    """
    # TODO: write dgf
    raise NotImplementedError


def dgi(di, i):
    """i = torch.sigmoid(gi)

    shape (10, 8), like gi
    """
    # TODO: write dgi
    raise NotImplementedError


def dgates(dgi, dgf, dgg, dgo):
    """gi = gates[:, :H]
       gf = gates[:, H:2*H]
       gg = gates[:, 2*H:3*H]
       go = gates[:, 3*H:]

    shape (10, 32), like gates
    """
    # TODO: write dgates
    raise NotImplementedError


def db(dgates):
    """gates = x @ Wx + hprev @ Wh + b

    shape (32,), like b
    """
    # TODO: write db
    raise NotImplementedError


def dWh(dgates, hprev):
    """gates = x @ Wx + hprev @ Wh + b

    shape (8, 32), like Wh
    """
    # TODO: write dWh
    raise NotImplementedError


def dWx(dgates, x):
    """gates = x @ Wx + hprev @ Wh + b

    shape (6, 32), like Wx
    """
    # TODO: write dWx
    raise NotImplementedError


def dhprev(dgates, Wh):
    """gates = x @ Wx + hprev @ Wh + b

    shape (10, 8), like hprev
    """
    # TODO: write dhprev
    raise NotImplementedError


def dx(dgates, Wx):
    """gates = x @ Wx + hprev @ Wh + b

    shape (10, 6), like x
    """
    # TODO: write dx
    raise NotImplementedError
