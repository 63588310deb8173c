import torch
import torch.nn.functional as F


def dy(dact, y):
    return dact * (y > 0)


def dw_row(dy, cols):
    return torch.einsum('nol,ncl->oc', dy.flatten(2), cols)


def dbias(dy):
    return dy.sum((0, 2, 3))


def dcols(dy, w_row):
    return w_row.T @ dy.flatten(2)


def dweight(dw_row, weight):
    return dw_row.view_as(weight)


def dimg(dcols, img, k):
    return F.fold(dcols, img.shape[2:], kernel_size=k, padding=k // 2)
