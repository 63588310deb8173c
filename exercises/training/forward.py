# The makemore MLP as trained at the end of the lecture, in a few lines instead of many small ones.
# Read it, but do not edit it: your gradients go into backward.py.
#
# The grader trains the network with your gradients, in float64, from the same start as autograd:
#
#     p = inputs(seed)                                     # the start: C, W1, b1, W2, b2, bngain, bnbias
#     for i, (Xb, Yb) in enumerate(batches(seed)):         # 200 minibatches
#         values = forward(**p, Xb=Xb, Yb=Yb)              # passed to your function, by name
#         grads = gradients(...)                           # yours: one for each of PARAMETERS
#         for name, grad in zip(PARAMETERS, grads):
#             p[name] += -learning_rate(i) * grad
#
# and compares the loss of every step and the final parameters with autograd's.

import torch
import torch.nn.functional as F

from grader.names import training_examples

# what is trained, in the order in which gradients(...) returns their gradients
PARAMETERS = ['C', 'W1', 'b1', 'W2', 'b2', 'bngain', 'bnbias']

# number of training steps
STEPS = 200

# the sizes of the other cases that your function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 32, 64, 27, 10 or [:64] is caught
SIZES = [
    {'n': 65, 'n_hidden': 6, 'vocab_size': 7, 'n_embd': 4},
    {'n': 5, 'n_hidden': 66, 'vocab_size': 69, 'n_embd': 2},
    {'n': 8, 'n_hidden': 9, 'vocab_size': 13, 'n_embd': 67},
]

block_size = 3 # context length: how many characters do we take to predict the next one

def learning_rate(i):
    return 0.1 if i < 150 else 0.01 # step learning rate decay

def inputs(seed, n=32, n_hidden=64, n_embd=10, vocab_size=27):
    # the seven parameters at the start of training, and the first minibatch
    g = torch.Generator().manual_seed(seed)
    C  = torch.randn((vocab_size, n_embd),            generator=g)
    # Layer 1
    W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * (5/3)/((n_embd * block_size)**0.5)
    b1 = torch.randn(n_hidden,                        generator=g) * 0.1
    # Layer 2
    W2 = torch.randn((n_hidden, vocab_size),          generator=g) * 0.1
    b2 = torch.randn(vocab_size,                      generator=g) * 0.1
    # BatchNorm parameters
    bngain = torch.randn((1, n_hidden),               generator=g)*0.1 + 1.0
    bnbias = torch.randn((1, n_hidden),               generator=g)*0.1
    Xb, Yb = batches(seed, 1, n, vocab_size)[0]
    return {'C': C, 'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2, 'bngain': bngain, 'bnbias': bnbias, 'Xb': Xb, 'Yb': Yb}

def batches(seed, steps=STEPS, n=32, vocab_size=27):
    # one minibatch (Xb, Yb) per step, always the same for the same seed
    Xtr, Ytr = training_examples(block_size)
    g = torch.Generator().manual_seed(seed + 1)
    ixs = [torch.randint(0, Xtr.shape[0], (n,), generator=g) for _ in range(steps)]
    return [(Xtr[ix] % vocab_size, Ytr[ix] % vocab_size) for ix in ixs]

def forward(C, W1, b1, W2, b2, bngain, bnbias, Xb, Yb):
    n = Xb.shape[0] # minibatch size
    emb = C[Xb] # embed the characters into vectors
    embcat = emb.view(emb.shape[0], -1) # concatenate the vectors
    # Linear layer
    hprebn = embcat @ W1 + b1 # hidden layer pre-activation
    # BatchNorm layer
    bnmean = hprebn.mean(0, keepdim=True)
    bnvar = hprebn.var(0, keepdim=True, unbiased=True)
    bnvar_inv = (bnvar + 1e-5)**-0.5
    bnraw = (hprebn - bnmean) * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    # Non-linearity
    h = torch.tanh(hpreact) # hidden layer
    logits = h @ W2 + b2 # output layer
    loss = F.cross_entropy(logits, Yb) # loss function
    return locals()
