"""The lecture's notebook with all four exercises done, in our own words: what every case is an edit of."""

from __future__ import annotations

from textwrap import dedent

from notebooks.corpus.book import Book, Cell
from notebooks.make import LECTURE as LINES

NAMES = tuple(LINES)
"""The 26 gradients of exercise 1."""
GRADIENTS = tuple(f"d{name}" for name in NAMES)


def compared(name: str) -> str:
    """The lecture's comparison with autograd's gradient."""
    return f"cmp('{name}', d{name}, {name})"


CHECKS = "\n".join(map(compared, NAMES))


def lines(*names: str, **other: str | None) -> str:
    """Some of the lines, or all; some written differently, None leaves one out."""
    assert set(LINES) >= {*other, *names}, (names, other)
    texts = (other.get(name, LINES[name]) for name in names or NAMES)
    return "\n".join(text for text in texts if text is not None)


def up_to(name: str) -> tuple[str, ...]:
    """The variables down to one, in the order of the backward pass."""
    return NAMES[: NAMES.index(name) + 1]


def after(name: str) -> tuple[str, ...]:
    """Those behind it."""
    return NAMES[NAMES.index(name) + 1 :]


def exercise_1(*names: str, **other: str | None) -> str:
    """One cell with all lines, then all comparisons."""
    text = lines(*names, **other)
    checks = "\n".join(compared(name) for name in names or NAMES if other.get(name, "") is not None)
    return f"# Exercise 1: every gradient by hand, from the loss back to the embeddings\n\n{text}\n\n{checks}"


WORDS = "words = open('names.txt', 'r').read().splitlines()\nprint(len(words), 'names,', words[:4])"
VOCABULARY = """\
# letters to numbers and back; 0 is the mark for start and end
chars = sorted(set(''.join(words)))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi['.'] = 0
itos = {i: s for s, i in stoi.items()}
vocab_size = len(itos)
print(vocab_size)"""
DATASET = """\
block_size = 3 # so many letters predict the next one

def build_dataset(words):
  X, Y = [], []
  for w in words:
    context = [0] * block_size
    for ch in w + '.':
      ix = stoi[ch]
      X.append(context)
      Y.append(ix)
      context = context[1:] + [ix]
  X = torch.tensor(X)
  Y = torch.tensor(Y)
  print(X.shape, Y.shape)
  return X, Y

import random
random.seed(42)
random.shuffle(words)
n1 = int(0.8*len(words))
n2 = int(0.9*len(words))
Xtr,  Ytr  = build_dataset(words[:n1])
Xdev, Ydev = build_dataset(words[n1:n2])
Xte,  Yte  = build_dataset(words[n2:])"""
CMP = """\
# how far is my gradient from the one that PyTorch has?
def cmp(s, dt, t):
  ex = torch.all(dt == t.grad).item()
  app = torch.allclose(dt, t.grad)
  maxdiff = (dt - t.grad).abs().max().item()
  print(f'{s:15s} | exact: {str(ex):5s} | approximate: {str(app):5s} | maxdiff: {maxdiff}')"""
START = """\
n_embd = 10 # numbers for each letter
n_hidden = 64 # neurons

g = torch.Generator().manual_seed(2147483647)
C  = torch.randn((vocab_size, n_embd), generator=g)
# first layer
W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * (5/3)/((n_embd * block_size)**0.5)
b1 = torch.randn(n_hidden, generator=g) * 0.1
# second layer
W2 = torch.randn((n_hidden, vocab_size), generator=g) * 0.1
b2 = torch.randn(vocab_size, generator=g) * 0.1
# batch norm
bngain = torch.randn((1, n_hidden), generator=g)*0.1 + 1.0
bnbias = torch.randn((1, n_hidden), generator=g)*0.1

parameters = [C, W1, b1, W2, b2, bngain, bnbias]
print(sum(p.nelement() for p in parameters))
for p in parameters:
  p.requires_grad = True"""
BATCH = """\
batch_size = 32
n = batch_size # shorter in formulas
# draw the examples
ix = torch.randint(0, Xtr.shape[0], (batch_size,), generator=g)
Xb, Yb = Xtr[ix], Ytr[ix]"""
FORWARD_LINES = """\
emb = C[Xb] # look up
embcat = emb.view(emb.shape[0], -1) # side by side
# first layer
hprebn = embcat @ W1 + b1
# batch norm, step by step
bnmeani = 1/n*hprebn.sum(0, keepdim=True)
bndiff = hprebn - bnmeani
bndiff2 = bndiff**2
bnvar = 1/(n-1)*(bndiff2).sum(0, keepdim=True) # n-1, not n
bnvar_inv = (bnvar + 1e-5)**-0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
# tanh
h = torch.tanh(hpreact)
# second layer
logits = h @ W2 + b2
# cross entropy, step by step
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdims=True)
counts_sum_inv = counts_sum**-1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(n), Yb].mean()"""
AUTOGRAD = """\
# the gradients to compare with
for p in parameters:
  p.grad = None
for t in [logprobs, probs, counts, counts_sum, counts_sum_inv,
          norm_logits, logit_maxes, logits, h, hpreact, bnraw,
          bnvar_inv, bnvar, bndiff2, bndiff, hprebn, bnmeani,
          embcat, emb]:
  t.retain_grad()
loss.backward()
loss"""
EXERCISE_2_FORWARD = """\
# Exercise 2: the same loss in one line
loss_fast = F.cross_entropy(logits, Yb)
print(loss_fast.item(), 'diff:', (loss_fast - loss).item())"""
EXERCISE_2 = """\
# and its gradient in three
dlogits = F.softmax(logits, 1)
dlogits[range(n), Yb] -= 1
dlogits /= n

cmp('logits', dlogits, logits)"""
LOOK = "F.softmax(logits, 1)[0]\ndlogits[0] * n"
PICTURE = "plt.figure(figsize=(4, 4))\nplt.imshow(dlogits.detach(), cmap='gray')"
EXERCISE_3_FORWARD = """\
# Exercise 3: the same batch norm in one line
hpreact_fast = bngain * (hprebn - hprebn.mean(0, keepdim=True)) / torch.sqrt(hprebn.var(0, keepdim=True, unbiased=True) + 1e-5) + bnbias
print('max diff:', (hpreact_fast - hpreact).abs().max())"""  # noqa: E501  (as long as it is in the lecture)
EXERCISE_3 = """\
# and its gradient
dhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))

cmp('hprebn', dhprebn, hprebn)"""
EXERCISE_4_START = START.replace("n_hidden = 64", "n_hidden = 200")
LOOP_BATCH = """\
    # draw the examples
    ix = torch.randint(0, Xtr.shape[0], (batch_size,), generator=g)
    Xb, Yb = Xtr[ix], Ytr[ix]
"""
LOOP_FORWARD = """\
    # forward
    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    hprebn = embcat @ W1 + b1
    bnmean = hprebn.mean(0, keepdim=True)
    bnvar = hprebn.var(0, keepdim=True, unbiased=True)
    bnvar_inv = (bnvar + 1e-5)**-0.5
    bnraw = (hprebn - bnmean) * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Yb)
"""
LOOP_BACKWARD = """\
    # backward
    for p in parameters:
      p.grad = None
    #loss.backward() # only to compare
    # by hand!
    dlogits = F.softmax(logits, 1)
    dlogits[range(n), Yb] -= 1
    dlogits /= n
    # second layer
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    # tanh
    dhpreact = (1.0 - h**2) * dh
    # batch norm
    dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))
    # first layer
    dembcat = dhprebn @ W1.T
    dW1 = embcat.T @ dhprebn
    db1 = dhprebn.sum(0)
    # embeddings
    demb = dembcat.view(emb.shape)
    dC = torch.zeros_like(C)
    for k in range(Xb.shape[0]):
      for j in range(Xb.shape[1]):
        ix = Xb[k,j]
        dC[ix] += demb[k,j]
    grads = [dC, dW1, db1, dW2, db2, dbngain, dbnbias]
"""
LOOP_UPDATE = """\
    # update
    lr = 0.1 if i < 100000 else 0.01 # smaller in the second half
    for p, grad in zip(parameters, grads):
      #p.data += -lr * p.grad # with the gradients of loss.backward()
      p.data += -lr * grad # with mine

    # how is it going?
    if i % 10000 == 0:
      print(f'{i:7d}/{max_steps:7d}: {loss.item():.4f}')
    lossi.append(loss.log10().item())"""
LOOP = (
    "max_steps = 200000\nbatch_size = 32\nn = batch_size\nlossi = []\n\nwith torch.no_grad():\n"
    f"  for i in range(max_steps):\n{LOOP_BATCH}{LOOP_FORWARD}{LOOP_BACKWARD}{LOOP_UPDATE}"
)
EXERCISE_4 = f"# Exercise 4: train with it\n\n{EXERCISE_4_START}\n\n{LOOP}"


def outdented(loop: str) -> str:
    """The loop without `with torch.no_grad():`, as the lecture gives it out."""
    before, with_, body = loop.partition("with torch.no_grad():\n")
    assert with_
    return before + "#with torch.no_grad(): # once the gradients are yours\n" + dedent(body)


CALIBRATE = """\
# batch norm needs a mean and a variance once training is over
with torch.no_grad():
  emb = C[Xtr]
  embcat = emb.view(emb.shape[0], -1)
  hpreact = embcat @ W1 + b1
  bnmean = hpreact.mean(0, keepdim=True)
  bnvar = hpreact.var(0, keepdim=True, unbiased=True)"""
EVALUATE = """\
@torch.no_grad()
def split_loss(split):
  x, y = {'train': (Xtr, Ytr), 'val': (Xdev, Ydev), 'test': (Xte, Yte)}[split]
  emb = C[x]
  embcat = emb.view(emb.shape[0], -1)
  hpreact = embcat @ W1 + b1
  hpreact = bngain * (hpreact - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias
  h = torch.tanh(hpreact)
  logits = h @ W2 + b2
  loss = F.cross_entropy(logits, y)
  print(split, loss.item())

split_loss('train')
split_loss('val')"""
SAMPLE = """\
g = torch.Generator().manual_seed(2147483647 + 10)

for _ in range(20):
    out = []
    context = [0] * block_size
    while True:
      emb = C[torch.tensor([context])]
      embcat = emb.view(emb.shape[0], -1)
      hpreact = embcat @ W1 + b1
      hpreact = bngain * (hpreact - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias
      h = torch.tanh(hpreact)
      logits = h @ W2 + b2
      probs = F.softmax(logits, dim=1)
      ix = torch.multinomial(probs, num_samples=1, generator=g).item()
      context = context[1:] + [ix]
      out.append(ix)
      if ix == 0:
        break
    print(''.join(itos[i] for i in out))"""

COMPLETE = Book(
    {
        "title": Cell("# Backpropagation by hand\n\nFour exercises on one small network.", kind="markdown"),
        "imports": Cell(
            "import torch\nimport torch.nn.functional as F\nimport matplotlib.pyplot as plt # for pictures\n"
            "%matplotlib inline"
        ),
        "words": Cell(WORDS),
        "vocabulary": Cell(VOCABULARY),
        "dataset": Cell(DATASET),
        "said": Cell("From here on it is about gradients.", kind="markdown"),
        "cmp": Cell(CMP),
        "parameters": Cell(START),
        "batch": Cell(BATCH),
        "forward": Cell(f"# the forward pass in small steps\n\n{FORWARD_LINES}\n\n{AUTOGRAD}"),
        "exercise 1": Cell(exercise_1(), "mlp"),
        "exercise 2 forward": Cell(EXERCISE_2_FORWARD),
        "exercise 2": Cell(EXERCISE_2, "cross_entropy"),
        "look": Cell(LOOK),
        "picture": Cell(PICTURE),
        "exercise 3 forward": Cell(EXERCISE_3_FORWARD),
        "exercise 3": Cell(EXERCISE_3, "batchnorm"),
        "exercise 4": Cell(EXERCISE_4, "training"),
        "calibrate": Cell(CALIBRATE),
        "evaluate": Cell(EVALUATE),
        "said of the loss": Cell("Mine: `train` 2.07, `val` 2.11.", kind="markdown"),
        "sample": Cell(SAMPLE),
    }
)
"""The whole notebook, all right."""

FIRST = COMPLETE.without("exercise 2 forward", "exercise 2", "look", "picture", "exercise 3 forward", "exercise 3")
"""Without exercises 2 and 3, with the loop of exercise 4 and all that follows: what most cases of exercise 1 edit."""


def first(*names: str, **other: str | None) -> Book:
    """That, with some lines of exercise 1 written differently."""
    return FIRST.set("exercise 1", exercise_1(*names, **other)) if names or other else FIRST


def cells(texts: dict[str, str], part: str = "mlp") -> list[tuple[str, Cell]]:
    """Cells by tag, all of one part."""
    return [(tag, Cell(text, part)) for tag, text in texts.items()]


# What the lecture gives out: the exercises still to do

EXERCISE_1_STARTER = (
    "# Exercise 1: every gradient by hand, from the loss back to the embeddings\n\n"
    "# -----------------\n# YOUR CODE HERE :)\n# -----------------\n\n"
    + "\n".join(f"# {compared(name)}" for name in NAMES)
)
EXERCISE_2_STARTER = "# and its gradient\ndlogits = None # TODO. mine has 3 lines\n\n#cmp('logits', dlogits, logits)"
EXERCISE_3_STARTER = "# and its gradient\ndhprebn = None # TODO. mine has 1 line\n\n#cmp('hprebn', dhprebn, hprebn)"
SEVEN = "dC, dW1, db1, dW2, db2, dbngain, dbnbias"
TODO = f"    {SEVEN} = None, None, None, None, None, None, None\n"
LOOP_STARTER_BACKWARD = (
    "    # backward\n    for p in parameters:\n      p.grad = None\n"
    "    loss.backward() # to compare with, delete it later\n    # by hand!\n    # YOUR CODE HERE :)\n"
    f"{TODO}    grads = [{SEVEN}]\n"
)
LOOP_STARTER_UPDATE = LOOP_UPDATE.replace("#p.data += -lr * p.grad", "p.data += -lr * p.grad").replace(
    "      p.data += -lr * grad", "      #p.data += -lr * grad"
)
LOOP_STARTER = (
    outdented(LOOP.replace(LOOP_BACKWARD, LOOP_STARTER_BACKWARD).replace(LOOP_UPDATE, LOOP_STARTER_UPDATE))
    + "\n\n  if i >= 100: # TODO: delete\n    break"
)
EXERCISE_4_STARTER = f"# Exercise 4: train with it\n\n{EXERCISE_4_START}\n\n{LOOP_STARTER}"
STARTER = (
    COMPLETE.set("exercise 1", EXERCISE_1_STARTER)
    .set("exercise 2", EXERCISE_2_STARTER)
    .without("look", "picture")
    .set("exercise 3", EXERCISE_3_STARTER)
    .set("exercise 4", EXERCISE_4_STARTER)
)
"""Nothing done."""
