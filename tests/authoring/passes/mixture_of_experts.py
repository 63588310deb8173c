import torch
import torch.nn.functional as F


def inputs(seed, n=8, d=5, d_out=3, n_experts=4, k=2):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    Wg = torch.randn(d, n_experts, generator=g)
    experts = [torch.randn(d, d_out, generator=g) * d**-0.5 for _ in range(n_experts)]
    y = torch.randn(n, d_out, generator=g)
    return {'x': x, 'Wg': Wg, 'experts': experts, 'y': y, 'k': k}


def forward(x, Wg, experts, y, k):
    # sparse gating: only the k best experts of each example are used
    scores = x @ Wg
    v, _ = torch.topk(scores, min(k, scores.size(-1)))
    scores = scores.masked_fill(scores < v[:, [-1]], float('-inf'))
    gate = F.softmax(scores, dim=-1)
    outs = []
    for E in experts:
        outs.append(torch.tanh(x @ E))
    outs = torch.stack(outs, dim=1)                 # (n, n_experts, d_out)
    mix = (gate.unsqueeze(-1) * outs).sum(1)
    mse = F.mse_loss(mix, y)
    # load balancing: every expert should be used
    usage = gate.mean(0)
    balance = (usage * usage).sum() * len(experts)
    loss = mse + 0.01 * balance
    return locals()
