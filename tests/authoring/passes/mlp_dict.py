import torch


def inputs(seed, n=8, d_in=5, d_hidden=7, d_out=3):
    g = torch.Generator().manual_seed(seed)
    params = {
        'W1': torch.randn(d_in, d_hidden, generator=g) * (2 / d_in) ** 0.5,
        'b1': torch.zeros(d_hidden),
        'W2': torch.randn(d_hidden, d_out, generator=g) * (2 / d_hidden) ** 0.5,
        'b2': torch.zeros(d_out),
    }
    x = torch.randn(n, d_in, generator=g)
    y = torch.randint(0, d_out, (n,), generator=g)
    return {'x': x, 'y': y, 'params': params}


def forward(x, y, params):
    W1, b1 = params['W1'], params['b1']
    W2, b2 = params['W2'], params['b2']
    z1 = x @ W1 + b1
    a1 = torch.tanh(z1)
    scores = a1 @ W2 + b2
    # softmax loss
    shifted = scores - scores.max(dim=1, keepdim=True).values
    log_Z = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_Z
    loss = -log_probs[torch.arange(len(y)), y].mean()
    return locals()
