import torch


def inputs(seed, N=4, D=3, H=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(N, D, generator=g)
    prev_h = torch.randn(N, H, generator=g)
    prev_c = torch.randn(N, H, generator=g)
    Wx = torch.randn(D, 4 * H, generator=g) * 0.5
    Wh = torch.randn(H, 4 * H, generator=g) * 0.5
    b = torch.randn(4 * H, generator=g) * 0.1
    y = torch.randn(N, H, generator=g)
    return {'x': x, 'prev_h': prev_h, 'prev_c': prev_c, 'Wx': Wx, 'Wh': Wh, 'b': b, 'y': y}


def forward(x, prev_h, prev_c, Wx, Wh, b, y):
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = torch.chunk(a, 4, dim=1)
    i = torch.sigmoid(ai)
    f = torch.sigmoid(af)
    o = torch.sigmoid(ao)
    g = torch.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * torch.tanh(next_c)
    loss = 0.5 * ((next_h - y) ** 2).sum() / x.shape[0]
    return locals()
