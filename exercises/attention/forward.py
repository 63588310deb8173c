# Causal self-attention with two heads, from the token vectors to the layer's output.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 17 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'out', 'bo', 'Wo', 'ycat', 'y', 'v', 'p', 'sumexp', 'expd', 'att', 'qk', 'k', 'q',
    'qkv', 'bqkv', 'Wqkv', 'x',
]

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 4 or [:6] is caught.
# T is the number of tokens, hs the size of one head
SIZES = [
    {'n': 3, 'T': 31, 'n_head': 1, 'hs': 32},
    {'n': 33, 'T': 3, 'n_head': 11, 'hs': 2},
    {'n': 7, 'T': 8, 'n_head': 3, 'hs': 9},
]

def inputs(seed, n=4, T=6, n_head=2, hs=5):
    C = n_head*hs # the size of a token vector
    g = torch.Generator().manual_seed(seed)
    x    = torch.randn((n, T, C), generator=g)
    Wqkv = torch.randn((C, 3*C),  generator=g) * 1.2*C**-0.5
    bqkv = torch.randn(3*C,       generator=g) * 0.1
    Wo   = torch.randn((C, C),    generator=g) * C**-0.5
    bo   = torch.randn(C,         generator=g) * 0.1
    causal = torch.ones((T, T), dtype=torch.long).tril() # 1 where a token may attend: to itself and to earlier tokens
    cot  = torch.randn((n, T, C), generator=g) # stands in for the rest of the network
    return {'x': x, 'Wqkv': Wqkv, 'bqkv': bqkv, 'Wo': Wo, 'bo': bo, 'causal': causal, 'n_head': n_head, 'cot': cot}

def forward(x, Wqkv, bqkv, Wo, bo, causal, n_head, cot):
    n, T, C = cot.shape
    hs = C//n_head # the size of one head
    qkv = x @ Wqkv + bqkv # (n, T, 3*C): queries, keys and values side by side
    q = qkv[:, :, :C].view(n, T, n_head, hs).transpose(1, 2) # (n, n_head, T, hs): what a token looks for
    k = qkv[:, :, C:2*C].view(n, T, n_head, hs).transpose(1, 2) # what it can be found by
    v = qkv[:, :, 2*C:].view(n, T, n_head, hs).transpose(1, 2) # what it contributes when found
    qk = q @ k.transpose(2, 3) # (n, n_head, T, T)
    att = qk * hs**-0.5
    # softmax over earlier tokens (the numbers are small, so there is no need to subtract the maximum)
    expd = att.exp() * causal
    sumexp = expd.sum(3, keepdim=True)
    p = expd / sumexp
    y = p @ v # (n, n_head, T, hs)
    ycat = y.transpose(1, 2).reshape(n, T, C) # the heads concatenated again
    out = ycat @ Wo + bo
    loss = (out * cot).sum() # makes dout equal to cot, an arbitrary upstream gradient
    return locals()
