"""The character model of min-char-rnn, for a minibatch."""

import torch
import torch.nn.functional as F


def inputs(seed, n=3, T=6, vocab=7, hidden=5):
    g = torch.Generator().manual_seed(seed)
    chars = torch.randint(vocab, (n, T + 1), generator=g)
    Wxh = torch.randn(vocab, hidden, generator=g) * 0.5
    Whh = torch.randn(hidden, hidden, generator=g) * 0.5
    Why = torch.randn(hidden, vocab, generator=g) * 0.5
    bh = torch.zeros(hidden)
    by = torch.zeros(vocab)
    return {'chars': chars, 'Wxh': Wxh, 'Whh': Whh, 'Why': Why, 'bh': bh, 'by': by}


def forward(chars, Wxh, Whh, Why, bh, by):
    n, T = chars.shape[0], chars.shape[1] - 1
    h = torch.zeros(n, Whh.shape[0])
    losses = []
    for t in range(T):
        x = F.one_hot(chars[:, t], Wxh.shape[0]).float()
        h = torch.tanh(x @ Wxh + h @ Whh + bh)
        logits = h @ Why + by
        losses.append(F.cross_entropy(logits, chars[:, t + 1]))
    loss = torch.stack(losses).mean()
    return locals()
