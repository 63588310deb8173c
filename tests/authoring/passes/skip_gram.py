import torch
import torch.nn.functional as F


def inputs(seed, n=6, vocab=12, d=5, n_neg=4):
    g = torch.Generator().manual_seed(seed)
    center = torch.randint(vocab, (n,), generator=g)
    context = torch.randint(vocab, (n,), generator=g)
    negatives = torch.randint(vocab, (n, n_neg), generator=g)
    V = torch.randn(vocab, d, generator=g) * 0.5  # words as centers
    U = torch.randn(vocab, d, generator=g) * 0.5  # words as contexts
    return {'center': center, 'context': context, 'negatives': negatives, 'V': V, 'U': U}


def forward(center, context, negatives, V, U):
    v = V[center]
    u = U[context]
    u_neg = U[negatives]
    pos_score = (v * u).sum(1)
    neg_score = torch.bmm(u_neg, v.unsqueeze(2)).squeeze(2)
    pos_loss = -F.logsigmoid(pos_score)
    neg_loss = -F.logsigmoid(-neg_score).sum(1)
    loss = (pos_loss + neg_loss).mean()
    return locals()
