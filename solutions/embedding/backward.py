# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch
import torch.nn.functional as F


def dx(cot):
    return cot


def dtok(dx):
    return dx


def dpos(dx):
    # every example uses the same positions
    return dx.sum(0)


def dwte(dtok, idx, wte):
    # dwte[idx] += dtok would keep only one occurrence of each letter
    dwte = torch.zeros_like(wte)
    dwte.index_add_(0, idx.view(-1), dtok.view(-1, wte.shape[1]))
    return dwte


def dwpe(dpos, wpe, T):
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dpos
    return dwpe
