# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch
import torch.nn.functional as F


def dout(cot):
    return cot


def doutmat(dout, outmat):
    return dout.view(outmat.shape)


def db(doutmat):
    # one bias for all windows of all images
    return doutmat.sum((0, 2))


def dwmat(doutmat, cols, o, wmat):
    # all windows of all images side by side, then one matrix product;
    # (doutmat @ cols.transpose(1, 2)).sum(0) is equally correct, but adds up in a different order
    return doutmat.transpose(0, 1).reshape(o, -1) @ cols.transpose(1, 2).reshape(-1, wmat.shape[1])


def dW(dwmat, W):
    return dwmat.view(W.shape)


def dcols(doutmat, wmat):
    return wmat.T @ doutmat


def dxpad(dcols, xpad):
    # fold puts every window back where it came from and adds where they overlap
    return F.fold(dcols, xpad.shape[2:], (3, 2), stride=2)


def dx(dxpad):
    # the border was not part of x
    return dxpad[:, :, 1:-1, 1:-1]
