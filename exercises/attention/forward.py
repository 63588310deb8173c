# Causal self-attention with two heads, from the tokens' vectors to the layer's output.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

# the 17 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'out', 'bo', 'Wo', 'ycat', 'y', 'v', 'p', 'sumexp', 'expd', 'att', 'qk', 'k', 'q',
    'qkv', 'bqkv', 'Wqkv', 'x',
]

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 4 or a [:6] typed by hand shows.
# T is the number of tokens, hs the size of one head
SIZES = [
    {'n': 3, 'T': 31, 'n_head': 1, 'hs': 32},
    {'n': 33, 'T': 3, 'n_head': 11, 'hs': 2},
    {'n': 7, 'T': 8, 'n_head': 3, 'hs': 9},
]

def inputs(seed, n=4, T=6, n_head=2, hs=5):
    C = n_head*hs # the size of a token's vector
    g = torch.Generator().manual_seed(seed)
    x    = torch.randn((n, T, C), generator=g)
    Wqkv = torch.randn((C, 3*C),  generator=g) * 1.2*C**-0.5
    bqkv = torch.randn(3*C,       generator=g) * 0.1
    Wo   = torch.randn((C, C),    generator=g) * C**-0.5
    bo   = torch.randn(C,         generator=g) * 0.1
    causal = torch.ones((T, T), dtype=torch.long).tril() # 1 where a token may look: at itself and at what came before
    cot  = torch.randn((n, T, C), generator=g) # stands for the rest of the network
    return {'x': x, 'Wqkv': Wqkv, 'bqkv': bqkv, 'Wo': Wo, 'bo': bo, 'causal': causal, 'n_head': n_head, 'cot': cot}

def forward(x, Wqkv, bqkv, Wo, bo, causal, n_head, cot):
    n, T, C = cot.shape
    hs = C//n_head # the size of one head
    qkv = x @ Wqkv + bqkv # (n, T, 3*C): queries, keys and values beside each other
    q = qkv[:, :, :C].view(n, T, n_head, hs).transpose(1, 2) # (n, n_head, T, hs): what a token looks for
    k = qkv[:, :, C:2*C].view(n, T, n_head, hs).transpose(1, 2) # what it offers to be found by
    v = qkv[:, :, 2*C:].view(n, T, n_head, hs).transpose(1, 2) # what it says when it is found
    qk = q @ k.transpose(2, 3) # (n, n_head, T, T)
    att = qk * hs**-0.5
    # softmax over what came before (the numbers are small, so no maximum needs to be subtracted)
    expd = att.exp() * causal
    sumexp = expd.sum(3, keepdim=True)
    p = expd / sumexp
    y = p @ v # (n, n_head, T, hs)
    ycat = y.transpose(1, 2).reshape(n, T, C) # the heads beside each other again
    out = ycat @ Wo + bo
    loss = (out * cot).sum() # so that dout is cot: any gradient that a network might send back
    return locals()
