import torch


def inputs(seed, N=2, C=3, H=6, W=5, n_filters=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(N, C, H, W, generator=g)
    w = torch.randn(n_filters, C, 3, 3, generator=g) * (C * 9) ** -0.5
    b = torch.randn(n_filters, generator=g)
    return {'x': x, 'w': w, 'b': b}


def forward(x, w, b):
    N, C, H, W = x.shape
    K, _, HH, WW = w.shape
    out_h = H - HH + 1
    out_w = W - WW + 1
    out = torch.zeros(N, K, out_h, out_w)
    for i in range(out_h):
        for j in range(out_w):
            patch = x[:, :, i:i + HH, j:j + WW]            # (N, C, HH, WW)
            for k in range(K):
                out[:, k, i, j] = (patch * w[k]).sum(dim=(1, 2, 3)) + b[k]
    return locals()
