import torch
import torch.nn.functional as F


def inputs(seed, n=4, d=6, k=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    view1 = x + 0.3 * torch.randn(n, d, generator=g)
    view2 = x + 0.3 * torch.randn(n, d, generator=g)
    W = torch.randn(d, k, generator=g) * d**-0.5
    return {'view1': view1, 'view2': view2, 'W': W}


def forward(view1, view2, W, temperature=0.5):
    n = view1.shape[0]
    z = torch.cat([view1, view2], dim=0) @ W
    z = z / z.norm(dim=1, keepdim=True)
    sim = z @ z.T / temperature
    sim.fill_diagonal_(float('-inf'))  # nobody is compared with itself
    partner = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    loss = F.cross_entropy(sim, partner)
    return locals()
