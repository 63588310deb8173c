# GPT-2 with one block, layer by layer as in llm.c, on names: embeddings, attention, feed-forward,
# two skip connections, three layer norms, tied weights. Read it, but do not edit it:
# your gradients go into backward.py.

import torch
import torch.nn.functional as F

from grader.names import training_examples

# the 34 variables whose gradients you write, in the order of the backward pass: 18 activations, 16 parameters
GRADED = [
    'logits', 'lnf', 'lnfw', 'lnfb',
    'res3', 'fcproj', 'fcprojw', 'fcprojb', 'fch_gelu', 'fch', 'fcw', 'fcb', 'ln2', 'ln2w', 'ln2b',
    'res2', 'attproj', 'attprojw', 'attprojb', 'atty', 'att', 'v', 'preatt', 'k', 'q', 'qkv', 'qkvw', 'qkvb',
    'ln1', 'ln1w', 'ln1b', 'encoded', 'wpe', 'wte',
]

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:27] is caught.
# T is the number of letters read at a time, hs the size of one head
SIZES = [
    {'n': 28, 'T': 3, 'n_head': 1, 'hs': 29, 'vocab_size': 31},
    {'n': 4, 'T': 28, 'n_head': 3, 'hs': 7, 'vocab_size': 13},
    {'n': 3, 'T': 7, 'n_head': 28, 'hs': 2, 'vocab_size': 17},
    {'n': 9, 'T': 4, 'n_head': 7, 'hs': 3, 'vocab_size': 19},
]

def inputs(seed, n=6, T=8, n_head=2, hs=5, vocab_size=27):
    C = n_head*hs # the size of a token vector
    Xtr, _ = training_examples(T + 1) # pieces of real names
    g = torch.Generator().manual_seed(seed)
    wte = torch.randn((vocab_size, C),   generator=g) * 0.7 # token embeddings, used at both ends
    wpe = torch.randn((T + 3, C),        generator=g) * 0.3 # position embeddings, a few more than needed
    ln1w = 1 + torch.randn(C,            generator=g) * 0.1
    ln1b = torch.randn(C,                generator=g) * 0.1
    qkvw = torch.randn((3*C, C),         generator=g) * 1.2*C**-0.5
    qkvb = torch.randn(3*C,              generator=g) * 0.1
    attprojw = torch.randn((C, C),       generator=g) * C**-0.5
    attprojb = torch.randn(C,            generator=g) * 0.1
    ln2w = 1 + torch.randn(C,            generator=g) * 0.1
    ln2b = torch.randn(C,                generator=g) * 0.1
    fcw = torch.randn((4*C, C),          generator=g) * C**-0.5
    fcb = torch.randn(4*C,               generator=g) * 0.1
    fcprojw = torch.randn((C, 4*C),      generator=g) * (4*C)**-0.5
    fcprojb = torch.randn(C,             generator=g) * 0.1
    lnfw = 1 + torch.randn(C,            generator=g) * 0.1
    lnfb = torch.randn(C,                generator=g) * 0.1
    tokens = Xtr[torch.randint(0, Xtr.shape[0], (n,), generator=g)] % vocab_size
    idx, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous() # every letter predicts the next one
    causal = torch.ones((T, T), dtype=torch.bool).tril() # True where a token may attend
    return {
        'wte': wte, 'wpe': wpe, 'ln1w': ln1w, 'ln1b': ln1b, 'qkvw': qkvw, 'qkvb': qkvb,
        'attprojw': attprojw, 'attprojb': attprojb, 'ln2w': ln2w, 'ln2b': ln2b, 'fcw': fcw, 'fcb': fcb,
        'fcprojw': fcprojw, 'fcprojb': fcprojb, 'lnfw': lnfw, 'lnfb': lnfb,
        'idx': idx, 'targets': targets, 'causal': causal, 'n_head': n_head, 'hs': hs,
    }

def forward(
    wte, wpe, ln1w, ln1b, qkvw, qkvb, attprojw, attprojb, ln2w, ln2b, fcw, fcb, fcprojw, fcprojb, lnfw, lnfb,
    idx, targets, causal, n_head, hs,
):
    n, T = idx.shape
    C = n_head*hs # the size of a token vector
    encoded = wte[idx] + wpe[:T] # (n, T, C)
    # attention; the weights of all linear layers are stored as in torch.nn.Linear: outputs by inputs
    ln1 = F.layer_norm(encoded, (C,), ln1w, ln1b) # epsilon is 1e-5
    qkv = ln1 @ qkvw.T + qkvb # (n, T, 3*C)
    q = qkv[:, :, :C].view(n, T, n_head, hs).transpose(1, 2) # (n, n_head, T, hs)
    k = qkv[:, :, C:2*C].view(n, T, n_head, hs).transpose(1, 2)
    v = qkv[:, :, 2*C:].view(n, T, n_head, hs).transpose(1, 2)
    preatt = q @ k.transpose(2, 3) * hs**-0.5 # (n, n_head, T, T)
    att = F.softmax(preatt.masked_fill(~causal, float('-inf')), 3)
    atty = (att @ v).transpose(1, 2).reshape(n, T, C) # the heads concatenated again
    attproj = atty @ attprojw.T + attprojb
    res2 = encoded + attproj # skip connection
    # feed-forward
    ln2 = F.layer_norm(res2, (C,), ln2w, ln2b)
    fch = ln2 @ fcw.T + fcb # (n, T, 4*C)
    fch_gelu = F.gelu(fch, approximate='tanh')
    fcproj = fch_gelu @ fcprojw.T + fcprojb
    res3 = res2 + fcproj # skip connection
    # the next letters
    lnf = F.layer_norm(res3, (C,), lnfw, lnfb)
    logits = lnf @ wte.T # (n, T, vocab_size)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return locals()
