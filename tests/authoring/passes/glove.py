import torch


def inputs(seed, vocab=7, d=4, x_max=10.0):
    g = torch.Generator().manual_seed(seed)
    counts = torch.randint(0, 20, (vocab, vocab), generator=g).float()
    w = torch.randn(vocab, d, generator=g) * 0.5
    w_tilde = torch.randn(vocab, d, generator=g) * 0.5
    b = torch.zeros(vocab)
    b_tilde = torch.zeros(vocab)
    return {'counts': counts, 'w': w, 'w_tilde': w_tilde, 'b': b, 'b_tilde': b_tilde, 'x_max': x_max}


def forward(counts, w, w_tilde, b, b_tilde, x_max, alpha=0.75):
    f = (counts / x_max).clamp(max=1) ** alpha  # rare pairs weigh less; pairs that never occur, nothing
    log_counts = torch.log(counts.clamp(min=1))
    inner = w @ w_tilde.T
    error = inner + b[:, None] + b_tilde[None, :] - log_counts
    loss = (f * error**2).sum()
    return locals()
