"""The first layer of a vision transformer: an image becomes a row of tokens."""

import torch


def inputs(seed, n=2, channels=3, size=8, patch=4, d=6):
    g = torch.Generator().manual_seed(seed)
    n_patches = (size // patch) ** 2
    images = torch.rand(n, channels, size, size, generator=g)
    W = torch.randn(channels * patch * patch, d, generator=g) * 0.2
    b = torch.randn(d, generator=g) * 0.1
    cls_token = torch.randn(1, 1, d, generator=g)
    pos_embed = torch.randn(1, n_patches + 1, d, generator=g)
    return {'images': images, 'W': W, 'b': b, 'cls_token': cls_token, 'pos_embed': pos_embed, 'patch': patch}


def forward(images, W, b, cls_token, pos_embed, patch):
    n, c, height, width = images.shape
    rows, cols = height // patch, width // patch
    patches = images.reshape(n, c, rows, patch, cols, patch)
    patches = patches.permute(0, 2, 4, 1, 3, 5)  # (n, rows, cols, c, patch, patch)
    patches = patches.reshape(n, rows * cols, c * patch * patch)
    tokens = patches @ W + b
    cls = cls_token.expand(n, -1, -1)
    x = torch.cat((cls, tokens), dim=1)
    x = x + pos_embed
    return locals()
