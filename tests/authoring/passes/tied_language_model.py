import torch


def inputs(seed, n=5, T=4, vocab=10, d=6):
    g = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, vocab, (n, T + 1), generator=g)
    wte = torch.randn(vocab, d, generator=g) * 0.5
    W = torch.randn(d, d, generator=g) * d**-0.5
    b = torch.randn(d, generator=g) * 0.1
    return {'tokens': tokens, 'wte': wte, 'W': W, 'b': b}


def forward(tokens, wte, W, b):
    x, y = tokens[:, :-1], tokens[:, 1:]
    e = wte[x]
    h = torch.tanh(e @ W + b)
    logits = h @ wte.T  # the same table reads the tokens and predicts them
    logprobs = logits.log_softmax(-1)
    picked = logprobs.gather(-1, y.unsqueeze(-1)).squeeze(-1)
    loss = -picked.mean()
    return locals()
