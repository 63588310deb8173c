# The loss of the makemore MLP in one line: what took eight small steps in the mlp exercise.
# Read it, but do not edit it: your gradient goes into backward.py.

import torch
import torch.nn.functional as F

from grader.names import training_examples

GRADED = ['logits']

# the sizes of the other cases that your function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 27 or [:32] is caught
SIZES = [
    {'n': 35, 'vocab_size': 11},
    {'n': 9, 'vocab_size': 37},
    {'n': 24, 'vocab_size': 13},
]

def inputs(seed, n=32, vocab_size=27):
    _, Ytr = training_examples()
    g = torch.Generator().manual_seed(seed)
    logits = torch.randn((n, vocab_size),      generator=g)
    ix = torch.randint(0, Ytr.shape[0], (n,),  generator=g)
    return {'logits': logits, 'Yb': Ytr[ix] % vocab_size}

def forward(logits, Yb):
    n = Yb.shape[0] # minibatch size
    loss = F.cross_entropy(logits, Yb)
    return locals()
