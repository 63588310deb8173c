# makemore part 1: the bigram model as a one-layer net
import torch
import torch.nn.functional as F

def inputs(seed, n=40, V=27):
    g = torch.Generator().manual_seed(seed)
    xs = torch.randint(0, V, (n,), generator=g)
    ys = torch.randint(0, V, (n,), generator=g)
    W = torch.randn((V, V), generator=g)
    return {'xs': xs, 'ys': ys, 'W': W, 'V': V}

def forward(xs, ys, W, V):
    num = xs.nelement()
    xenc = F.one_hot(xs, num_classes=V).float() # input to the network: one-hot encoding
    logits = xenc @ W # predict log-counts
    counts = logits.exp() # counts, equivalent to N
    probs = counts / counts.sum(1, keepdim=True) # probabilities for next character
    loss = -probs[torch.arange(num), ys].log().mean() + 0.01*(W**2).mean()
    return locals()
