import torch
import torch.nn.functional as F


def inputs(seed, n=3, T=5, d_in=4, d_h=3, classes=6):
    g = torch.Generator().manual_seed(seed)

    def weight(rows, cols):
        return torch.randn(rows, cols, generator=g) * rows**-0.5

    return {
        'x': torch.randn(n, T, d_in, generator=g),
        'tags': torch.randint(0, classes, (n, T), generator=g),
        'Wf': weight(d_in, d_h),
        'Uf': weight(d_h, d_h),
        'Wb': weight(d_in, d_h),
        'Ub': weight(d_h, d_h),
        'V': weight(2 * d_h, classes),
    }


def forward(x, tags, Wf, Uf, Wb, Ub, V):
    n, T, _ = x.shape

    def run(W, U, steps):
        h = x.new_zeros(n, U.shape[0])
        hs = [None] * T
        for t in steps:
            h = torch.tanh(x[:, t] @ W + h @ U)
            hs[t] = h
        return torch.stack(hs, dim=1)

    left = run(Wf, Uf, range(T))
    right = run(Wb, Ub, reversed(range(T)))
    both = torch.cat([left, right], dim=2)
    logits = both @ V
    loss = F.cross_entropy(logits.reshape(n * T, -1), tags.reshape(-1))
    return locals()
