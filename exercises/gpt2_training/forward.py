# GPT-2 with one block, trained on names with your own gradients. The layers are those of the gpt2_block exercise.
# Read it, but do not edit it: your gradients go into backward.py.
#
# The grader trains the network with your gradients, in float64, from the same start as autograd:
#
#     p = inputs(seed)                                     # the start: the 16 parameters
#     for i, batch in enumerate(batches(seed)):            # the minibatches
#         values = forward(**p, *batch)                    # passed to your function, by name
#         grads = gradients(...)                           # yours: one for each of PARAMETERS
#         for name, grad in zip(PARAMETERS, grads):
#             p[name] += -learning_rate(i) * grad
#
# and compares the loss of every step and the final parameters with autograd's. Then it samples some names from
# your network.

import torch
import torch.nn.functional as F

from grader.names import training_examples

# what is trained, in the order in which gradients(...) returns their gradients
PARAMETERS = [
    'wte', 'wpe', 'ln1w', 'ln1b', 'qkvw', 'qkvb', 'attprojw', 'attprojb',
    'ln2w', 'ln2b', 'fcw', 'fcb', 'fcprojw', 'fcprojb', 'lnfw', 'lnfb',
]

# number of training steps
STEPS = 200

# the sizes of the other cases that your function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 16 or [:27] is caught
SIZES = [
    {'n': 29, 'T': 3, 'n_head': 1, 'hs': 28, 'vocab_size': 31},
    {'n': 5, 'T': 28, 'n_head': 3, 'hs': 4, 'vocab_size': 13},
    {'n': 4, 'T': 7, 'n_head': 28, 'hs': 2, 'vocab_size': 19},
]

def learning_rate(i):
    return 0.5 if i < 150 else 0.1 # step learning rate decay

def inputs(seed, n=16, T=8, n_head=2, hs=8, vocab_size=27):
    # the sixteen parameters at the start of training, and the first minibatch
    C = n_head*hs # the size of a token vector
    g = torch.Generator().manual_seed(seed)
    wte = torch.randn((vocab_size, C),   generator=g) * 0.3 # token embeddings, used at both ends
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
    idx, targets, causal, n_head = batches(seed, 1, n, T, n_head, hs, vocab_size)[0]
    return {
        'wte': wte, 'wpe': wpe, 'ln1w': ln1w, 'ln1b': ln1b, 'qkvw': qkvw, 'qkvb': qkvb,
        'attprojw': attprojw, 'attprojb': attprojb, 'ln2w': ln2w, 'ln2b': ln2b, 'fcw': fcw, 'fcb': fcb,
        'fcprojw': fcprojw, 'fcprojb': fcprojb, 'lnfw': lnfw, 'lnfb': lnfb,
        'idx': idx, 'targets': targets, 'causal': causal, 'n_head': n_head,
    }

def batches(seed, steps=STEPS, n=16, T=8, n_head=2, hs=8, vocab_size=27):
    # one minibatch per step, always the same for the same seed: the inputs of forward() besides the parameters
    Xtr, _ = training_examples(T + 1) # pieces of real names
    g = torch.Generator().manual_seed(seed + 1)
    causal = torch.ones((T, T), dtype=torch.bool).tril() # True where a token may attend
    found = []
    for _ in range(steps):
        tokens = Xtr[torch.randint(0, Xtr.shape[0], (n,), generator=g)] % vocab_size
        found.append((tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous(), causal, n_head))
    return found

def sample(parameters, seed, names=8, T=8, n_head=2):
    # sample names from a trained network, letter by letter
    g = torch.Generator().manual_seed(seed + 2)
    causal = torch.ones((T, T), dtype=torch.bool).tril()
    found = []
    for _ in range(names):
        tokens, letters = [0]*T, ''
        while len(letters) < 12:
            idx = torch.tensor([tokens[-T:]])
            values = forward(**parameters, idx=idx, targets=idx, causal=causal, n_head=n_head)
            probs = F.softmax(values['logits'][0, -1], 0)
            probs[0] *= len(letters) > 0 # a name has at least one letter
            token = int(torch.multinomial(probs, 1, generator=g))
            if token == 0:
                break
            tokens.append(token)
            letters += chr(ord('a') + token - 1)
        found.append(letters)
    return found

def forward(
    wte, wpe, ln1w, ln1b, qkvw, qkvb, attprojw, attprojb, ln2w, ln2b, fcw, fcb, fcprojw, fcprojb, lnfw, lnfb,
    idx, targets, causal, n_head,
):
    n, T = idx.shape
    C = wte.shape[1]
    hs = C//n_head # the size of one head
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
