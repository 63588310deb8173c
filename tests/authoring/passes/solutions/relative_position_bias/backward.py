import torch


def dv(dout, p):
    return p.transpose(-2, -1) @ dout


def dp(dout, v):
    return dout @ v.transpose(-2, -1)


def de(dp, e, p):
    return (dp - (dp * p).sum(-1, keepdim=True)) / e.sum(-1, keepdim=True)


def dtop(de, e):
    # zero up to rounding: a softmax does not change when a constant is subtracted
    return -(de * e).sum(-1, keepdim=True)


def dscores(de, dtop, e, scores):
    largest = torch.zeros_like(scores).scatter(-1, scores.argmax(-1, keepdim=True), 1.0)
    return de * e + dtop * largest


def dq(dscores, k):
    return dscores @ k / k.shape[-1] ** 0.5


def dk(dscores, q):
    return dscores.transpose(-2, -1) @ q / q.shape[-1] ** 0.5


def dbias(dscores):
    return dscores.sum(0)


def dtable(dbias, index, table):
    # every diagonal of the bias was read from one row
    rows = dbias.permute(1, 2, 0).reshape(-1, table.shape[1])
    return torch.zeros_like(table).index_add(0, index.flatten(), rows)
