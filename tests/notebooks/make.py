"""Writes the notebooks beside it: the lecture's exercise as learners have it, in many styles.

    python tests/notebooks/make.py

Each notebook's metadata say which gradients are there, and which of them are right.
"""

# ruff: noqa: E501  (cells are as long as learners wrote them)

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent

SETUP = "import torch\nimport torch.nn.functional as F\nimport matplotlib.pyplot as plt # for making figures\n%matplotlib inline"
DATA = "words = open('names.txt', 'r').read().splitlines()\nprint(len(words))\nchars = sorted(list(set(''.join(words))))\nstoi = {s:i+1 for i,s in enumerate(chars)}\nstoi['.'] = 0\nitos = {i:s for s,i in stoi.items()}\nvocab_size = len(itos)"
BUILD = "block_size = 3\ndef build_dataset(words):\n  X, Y = [], []\n  for w in words:\n    context = [0] * block_size\n    for ch in w + '.':\n      ix = stoi[ch]\n      X.append(context)\n      Y.append(ix)\n      context = context[1:] + [ix]\n  return torch.tensor(X), torch.tensor(Y)\nXtr, Ytr = build_dataset(words[:int(0.8*len(words))])"
CMP = "def cmp(s, dt, t):\n  ex = torch.all(dt == t.grad).item()\n  app = torch.allclose(dt, t.grad)\n  maxdiff = (dt - t.grad).abs().max().item()\n  print(f'{s:15s} | exact: {str(ex):5s} | approximate: {str(app):5s} | maxdiff: {maxdiff}')"
PARAMETERS = "n_embd = 10\nn_hidden = 64\ng = torch.Generator().manual_seed(2147483647)\nC  = torch.randn((vocab_size, n_embd), generator=g)\nW1 = torch.randn((n_embd * block_size, n_hidden), generator=g)\nb1 = torch.randn(n_hidden, generator=g) * 0.1\nW2 = torch.randn((n_hidden, vocab_size), generator=g) * 0.1\nb2 = torch.randn(vocab_size, generator=g) * 0.1\nbngain = torch.randn((1, n_hidden), generator=g)*0.1 + 1.0\nbnbias = torch.randn((1, n_hidden), generator=g)*0.1\nparameters = [C, W1, b1, W2, b2, bngain, bnbias]\nfor p in parameters:\n  p.requires_grad = True"
BATCH = "batch_size = 32\nn = batch_size # a shorter variable also, for convenience\nix = torch.randint(0, Xtr.shape[0], (batch_size,), generator=g)\nXb, Yb = Xtr[ix], Ytr[ix] # batch X,Y"
FORWARD = """\
# forward pass, "chunkated" into smaller steps
emb = C[Xb]
embcat = emb.view(emb.shape[0], -1)
hprebn = embcat @ W1 + b1
bnmeani = 1/n*hprebn.sum(0, keepdim=True)
bndiff = hprebn - bnmeani
bndiff2 = bndiff**2
bnvar = 1/(n-1)*(bndiff2).sum(0, keepdim=True)
bnvar_inv = (bnvar + 1e-5)**-0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = torch.tanh(hpreact)
logits = h @ W2 + b2
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdims=True)
counts_sum_inv = counts_sum**-1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(n), Yb].mean()
for p in parameters:
  p.grad = None
for t in [logprobs, probs, counts, counts_sum, counts_sum_inv, norm_logits, logit_maxes, logits, h]:
  t.retain_grad()
loss.backward()
loss"""
BEFORE = [SETUP, DATA, BUILD, CMP, PARAMETERS, BATCH, FORWARD]

LECTURE = {
    "logprobs": "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0/n",
    "probs": "dprobs = (1.0 / probs) * dlogprobs",
    "counts_sum_inv": "dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)",
    "counts_sum": "dcounts_sum = (-counts_sum**-2) * dcounts_sum_inv",
    "counts": "dcounts = counts_sum_inv * dprobs\ndcounts += torch.ones_like(counts) * dcounts_sum",
    "norm_logits": "dnorm_logits = counts * dcounts",
    "logit_maxes": "dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)",
    "logits": "dlogits = dnorm_logits.clone()\ndlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes",
    "h": "dh = dlogits @ W2.T",
    "W2": "dW2 = h.T @ dlogits",
    "b2": "db2 = dlogits.sum(0)",
    "hpreact": "dhpreact = (1.0 - h**2) * dh",
    "bngain": "dbngain = (bnraw * dhpreact).sum(0, keepdim=True)",
    "bnbias": "dbnbias = dhpreact.sum(0, keepdim=True)",
    "bnraw": "dbnraw = bngain * dhpreact",
    "bnvar_inv": "dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)",
    "bnvar": "dbnvar = (-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv",
    "bndiff2": "dbndiff2 = (1.0/(n-1))*torch.ones_like(bndiff2) * dbnvar",
    "bndiff": "dbndiff = bnvar_inv * dbnraw\ndbndiff += (2*bndiff) * dbndiff2",
    "bnmeani": "dbnmeani = (-dbndiff).sum(0, keepdim=True)",
    "hprebn": "dhprebn = dbndiff.clone()\ndhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)",
    "embcat": "dembcat = dhprebn @ W1.T",
    "W1": "dW1 = embcat.T @ dhprebn",
    "b1": "db1 = dhprebn.sum(0)",
    "emb": "demb = dembcat.view(emb.shape)",
    "C": "dC = torch.zeros_like(C)\nfor k in range(Xb.shape[0]):\n  for j in range(Xb.shape[1]):\n    ix = Xb[k,j]\n    dC[ix] += demb[k,j]",
}
NAMES = list(LECTURE)
FUSED_CE = "# Exercise 2\nlogit_maxes2 = logits.max(1).values\ndlogits = F.softmax(logits, 1)\ndlogits[range(n), Yb] -= 1\ndlogits /= n\ncmp('logits', dlogits, logits)"
FUSED_BN = "# Exercise 3\ndhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))\ncmp('hprebn', dhprebn, hprebn)"
TRAINING = """\
# Exercise 4: putting it all together!
max_steps = 200000
with torch.no_grad():
  for i in range(max_steps):
    ix = torch.randint(0, Xtr.shape[0], (batch_size,), generator=g)
    Xb, Yb = Xtr[ix], Ytr[ix]
    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    h = torch.tanh(embcat @ W1 + b1)
    dlogits = F.softmax(logits, 1)
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    grads = [dC, dW1, db1, dW2, db2, dbngain, dbnbias]
    for p, grad in zip(parameters, grads):
      p.data += -0.1 * grad"""
SAMPLING = "for _ in range(20):\n    out = []\n    context = [0] * block_size\n    while True:\n        break\n    print(''.join(itos[i] for i in out))"


def lines(**other: str | None) -> list[str]:
    """The lecture's lines with some written differently; None leaves one out."""
    return [text for name in NAMES if (text := other.get(name, LECTURE[name])) is not None]


def checks(texts: list[str]) -> str:
    """One cell, with the lecture's comparisons after it."""
    return "\n".join(
        ["# Exercise 1: backprop through the whole thing manually", *texts, *(f"cmp('{n}', d{n}, {n})" for n in NAMES)]
    )


def functions(names: list[str]) -> list[str]:
    """A function for each."""
    solution = (HERE.parents[1] / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
    pieces = {
        piece.partition("(")[0].removeprefix("def d"): piece.strip()
        for piece in solution.split("\n\n\n")
        if piece.startswith("def d")
    }
    return [pieces[name] for name in names]


STYLES: dict[str, tuple[list[str], list[str], list[str]]] = {}
"""Name -> the cells after the forward pass, the gradients there, those of them that are not right."""


def style(name: str, cells: list[str], there: list[str] | None = None, wrong: tuple[str, ...] = ()) -> None:
    """Note one notebook."""
    STYLES[name] = (cells, NAMES if there is None else there, list(wrong))


style("lecture", [checks(lines()), FUSED_CE, FUSED_BN, TRAINING, SAMPLING])
style("cell_for_each", [f"{text}\ncmp('{name}', d{name}, {name})" for name, text in LECTURE.items()])
style(
    "two_steps",
    [
        checks(
            lines(
                logprobs="dlogprobs = torch.zeros((n, 27))\nfor i in range(n):\n  dlogprobs[i, Yb[i]] += -1/n".replace(
                    "torch.zeros((n, 27))", "torch.zeros_like(probs)"
                ),
                logits="dlogits = torch.zeros_like(logits)\ndlogits += dnorm_logits\ndlogits[range(n), logits.max(1).indices] += dlogit_maxes.squeeze()",
                bndiff="dbndiff = torch.zeros_like(bndiff)\ndbndiff += bnvar_inv * dbnraw\ndbndiff += 2*bndiff*dbndiff2",
            )
        )
    ],
)
style(
    "second_path_later",
    [
        checks(
            [
                text
                for name in NAMES
                for text in (["dcounts = counts_sum_inv * dprobs"] if name == "counts" else [LECTURE[name]])
            ]
        ).replace("dnorm_logits = ", "dcounts += torch.ones_like(counts) * dcounts_sum\ndnorm_logits = ", 1)
    ],
)
style(
    "one_hot",
    [
        checks(
            lines(
                logprobs="dlogprobs = -F.one_hot(Yb, num_classes=logprobs.shape[1]).to(logprobs.dtype)/n",
                C="dC = F.one_hot(Xb.view(-1), num_classes=C.shape[0]).to(demb.dtype).T @ demb.view(-1, demb.shape[2])",
            )
        )
    ],
)
style(
    "keepdim",
    [
        checks(
            lines(
                b2="db2 = dlogits.sum(0, keepdim=True)",
                b1="db1 = dhprebn.sum(0, keepdim=True)",
                bnmeani="dbnmeani = (-dbndiff).sum(0)",
                bnbias="dbnbias = dhpreact.sum(0)",
            )
        )
    ],
    wrong=("b2", "b1", "bnmeani", "bnbias"),
)
style(
    "clone_forgotten",
    [
        checks(
            lines(
                logits="dlogits = dnorm_logits\ndlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes",
                hprebn="dhprebn = dbndiff\ndhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)",
            )
        )
    ],
)
style(
    "index_add",
    [
        checks(
            lines(
                C="dC = torch.zeros_like(C)\ndC.index_add_(0, Xb.view(-1), demb.view(-1, C.shape[1]))",
                logprobs="dlogprobs = torch.zeros_like(logprobs)\ndlogprobs.scatter_(1, Yb.view(-1, 1), -1/n)",
            )
        )
    ],
)
style(
    "loops",
    [
        checks(
            lines(
                counts_sum_inv="dcounts_sum_inv = torch.zeros_like(counts_sum_inv)\nfor i in range(counts.shape[0]):\n    for j in range(counts.shape[1]):\n        dcounts_sum_inv[i] += counts[i, j] * dprobs[i, j]",
                C="dC = torch.zeros_like(C)\nfor row, d in zip(Xb.view(-1), demb.view(-1, demb.shape[-1])):\n  dC[row] += d",
            )
        )
    ],
)
style("functions", ["\n\n\n".join(functions(NAMES))])
style("functions_and_lines", ["\n\n\n".join(functions(NAMES[:8])), "\n".join(lines(**dict.fromkeys(NAMES[:8])))])
style(
    "softmax_only",
    ["\n".join([*lines(**dict.fromkeys(NAMES[8:])), *(f"d{name} = None # TODO" for name in NAMES[8:])])],
    NAMES[:8],
)
style(
    "nothing_yet",
    [
        "# Exercise 1: backprop through the whole thing manually,\n# dlogprobs = ?\n# cmp('logprobs', dlogprobs, logprobs)"
    ],
    [],
)
style(
    "colab",
    [
        "!pip install torch",
        "%%time\n" + "\n".join(lines()),
        "?torch.Tensor.sum",
        "!nvidia-smi",
        "%timeit h.T @ dlogits",
    ],
)
style(
    "intermediate_values",
    [
        checks(
            lines(
                probs="inverse = 1.0 / probs\ndprobs = inverse * dlogprobs",
                hpreact="tanh_derivative = 1 - h**2\ndhpreact = tanh_derivative * dh",
                logits="hot = torch.zeros_like(logits)\nrows = torch.arange(n)\nhot[rows, logits.argmax(1)] = 1\ndlogits = dnorm_logits + hot * dlogit_maxes",
            )
        )
    ],
)
style(
    "no_grad", ["with torch.no_grad():\n" + "\n".join(f"    {line}" for text in lines() for line in text.split("\n"))]
)
style("semicolons", [checks(lines(W2="dW2 = h.T @ dlogits; db2 = dlogits.sum(0)", b2=None))])
style(
    "line_continuations",
    [
        checks(
            lines(
                hprebn="dhprebn = (dbndiff\n           + 1.0/n * torch.ones_like(hprebn) * dbnmeani)",
                bnvar="dbnvar = -0.5 * \\\n    (bnvar + 1e-5)**-1.5 * dbnvar_inv",
            )
        )
    ],
)
style("broken_scratch_cell", [checks(lines()), "dprobs = (1.0 / probs *", "print('what was that"])
style(
    "other_languages_comments",
    [
        "# обратный проход — 誤差逆伝播\n"
        + "\n".join(f"{text} # градиент {name} ✓" if "\n" not in text else text for name, text in LECTURE.items())
    ],
)
style(
    "other_names",
    ["grad_probs = 1.0 / probs\ngrad_counts = counts_sum_inv * grad_probs\ng_h = grad_counts @ W2.T"],
    ["probs", "counts", "h"],
    wrong=("probs", "counts", "h"),
)
style(
    "words_with_d",
    [
        checks(lines()),
        "data = torch.randn(3)\ndecode = lambda l: ''\ndev_loss = 2.1\ndevice = 'cpu'\ndistance = 3\ndelta = 0.1\ndescription = 'x'",
    ],
)
style("autograd_for_one", [checks(lines(hpreact="dhpreact = hpreact.grad.clone()"))], wrong=("hpreact",))
style("attempts", ["dprobs = probs * dlogprobs # no?", "dprobs = dlogprobs", checks(lines())])
style(
    "one_long_expression",
    [
        checks(
            lines(
                counts="dcounts = counts_sum_inv * dprobs + torch.ones_like(counts) * dcounts_sum",
                logits="dlogits = dnorm_logits + (logits == logit_maxes) * dlogit_maxes",
                bndiff="dbndiff = bnvar_inv * dbnraw + 2*bndiff*dbndiff2",
                hprebn="dhprebn = dbndiff + (1/n) * dbnmeani",
            )
        )
    ],
)
style(
    "sizes_by_hand",
    [
        checks(
            lines(
                emb="demb = dembcat.view(32, 3, 10)",
                bndiff2="dbndiff2 = 1/(n-1) * torch.ones(32, 64) * dbnvar",
            )
        )
    ],
    wrong=("emb", "bndiff2"),
)


def notebook(name: str) -> dict[str, object]:
    """A notebook as Jupyter writes it; one of the old format among them."""
    after, there, wrong = STYLES[name]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["## makemore: becoming a backprop ninja\n"]},
        *(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": text.splitlines(keepends=True),
            }
            for text in [*BEFORE, *after]
        ),
    ]
    metadata = {
        "expected": {
            "there": [f"d{each}" for each in NAMES if each in there],
            "wrong": [f"d{each}" for each in wrong],
        }
    }
    if name == "colab":
        return {
            "metadata": metadata,
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [
                {
                    "cells": [
                        {"cell_type": "code", "input": "".join(cell["source"]), "language": "python"}
                        if cell["cell_type"] == "code"
                        else cell
                        for cell in cells
                    ]
                }
            ],
        }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def main() -> None:
    """Write them all."""
    for name in STYLES:
        text = json.dumps(notebook(name), indent=1, ensure_ascii=False)
        (HERE / f"{name}.ipynb").write_text(text + "\n", encoding="utf-8")
    print(f"{len(STYLES)} notebooks")


if __name__ == "__main__":
    main()
