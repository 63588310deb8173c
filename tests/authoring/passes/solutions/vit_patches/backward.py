import torch


def dpos_embed(dx):
    return dx.sum(0, keepdim=True)


def dcls(dx):
    return dx[:, :1]


def dtokens(dx):
    return dx[:, 1:]


def dcls_token(dcls):
    return dcls.sum(0, keepdim=True)


def db(dtokens):
    return dtokens.sum((0, 1))


def dW(dtokens, patches):
    return torch.einsum('npi,npj->ij', patches, dtokens)


def dpatches(dtokens, W):
    return dtokens @ W.T


def dimages(dpatches, images, patch):
    n, c, height, width = images.shape
    tiles = dpatches.reshape(n, height // patch, width // patch, c, patch, patch)
    return tiles.permute(0, 3, 1, 4, 2, 5).reshape(images.shape)
