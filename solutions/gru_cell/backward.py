# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dhnew(cot):
    return cot


def dn(dhnew, z):
    return dhnew * (1 - z)


def dna(dn, n):
    return dn * (1 - n**2)


def dbn(dna):
    return dna.sum(0)


def dWxn(dna, x):
    return x.T @ dna


def dhh(dna, r):
    return dna * r


def dbhn(dhh):
    return dhh.sum(0)


def dWhn(dhh, h):
    return h.T @ dhh


def dz(dhnew, n, h):
    # a larger z means more of the old state and less of the candidate
    return dhnew*h - dhnew*n


def dza(dz, z):
    return dz * (1 - z) * z


def dbz(dza):
    return dza.sum(0)


def dWhz(dza, h):
    return h.T @ dza


def dWxz(dza, x):
    return x.T @ dza


def dr(dna, hh):
    return dna * hh


def dra(dr, r):
    return dr * (1 - r) * r


def dbr(dra):
    return dra.sum(0)


def dWhr(dra, h):
    return h.T @ dra


def dWxr(dra, x):
    return x.T @ dra


def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    # four paths; added in the order in which autograd finds them, the last line first
    return dhnew*z + dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T


def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return dna @ Wxn.T + dza @ Wxz.T + dra @ Wxr.T
