import torch


def inputs(seed, T=4, n=3, D=5, H=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(T, n, D, generator=g)
    W = torch.randn(D, 4 * H, generator=g) / D**0.5
    U = torch.randn(H, 4 * H, generator=g) / H**0.5
    b = torch.randn(4 * H, generator=g) * 0.1
    return {'x': x, 'W': W, 'U': U, 'b': b}


def forward(x, W, U, b):
    T, n, _ = x.shape
    H = U.shape[0]
    h = c = torch.zeros(n, H)
    outputs = []
    for x_t in x.unbind(0):
        gates = x_t @ W + h @ U + b
        i, f, o, g = gates.chunk(4, dim=1)
        i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
        c = f * c + i * torch.tanh(g)
        h = o * torch.tanh(c)
        outputs.append(h)
    out = torch.stack(outputs)
    return locals()
