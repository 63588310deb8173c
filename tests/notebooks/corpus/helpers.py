"""Values and functions that gradients use, in their own cell or in another."""

from __future__ import annotations

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import COMPLETE, FIRST, LINES, after, cells, exercise_1, first, lines, up_to

FULL = {"mlp": Want()}


def apart(at: str, *texts: str) -> Book:
    """Exercise 1 with one gradient's lines in cells of their own."""
    before, behind = up_to(at)[:-1], after(at)
    pieces = [lines(*before)] if before else []
    pieces += texts
    pieces += [lines(*behind)] if behind else []
    return FIRST.instead("exercise 1", *cells({f"cell {number}": text for number, text in enumerate(pieces)}))


def helped(cell: str, after_: str = "forward", **other: str | None) -> Book:
    """With a helper's cell."""
    return first(**other).put(after_, ("helper", Cell(cell)))


SPREAD = """\
def spread():
  out = torch.zeros_like(C)
  for k in range(Xb.shape[0]):
    for j in range(Xb.shape[1]):
      out[Xb[k, j]] += demb[k, j]
  return out"""
ROWS = """\
def add_rows(table, ids, grads):
    out = torch.zeros_like(table)
    out.index_add_(0, ids.reshape(-1), grads.reshape(-1, table.shape[1]))
    return out"""
PARTS = {
    "counts": ("dcounts = counts_sum_inv * dprobs", "dcounts += torch.ones_like(counts) * dcounts_sum"),
    "logits": tuple(LINES["logits"].split("\n")),
    "bndiff": tuple(LINES["bndiff"].split("\n")),
    "hprebn": tuple(LINES["hprebn"].split("\n")),
    "logprobs": tuple(LINES["logprobs"].split("\n")),
}
CASES = [
    Case(
        "a factor in a cell of its own", apart("logprobs", "s = -1/n", LINES["logprobs"].replace("-1.0/n", "s")), FULL
    ),
    Case(
        "a factor between the two lines",
        apart("logprobs", PARTS["logprobs"][0], "s = -1.0/n", "dlogprobs[range(n), Yb] = s"),
        FULL,
    ),
    *(Case(f"the two lines of d{name} in two cells", apart(name, *texts), FULL) for name, texts in PARTS.items()),
    Case(
        "the second way is added much later",
        FIRST.instead(
            "exercise 1",
            *cells(
                {
                    "one": lines(*up_to("probs")) + "\ndcounts = counts_sum_inv * dprobs",
                    "two": lines("counts_sum_inv", "counts_sum"),
                    "three": PARTS["counts"][1],
                    "four": lines(*after("counts")),
                }
            ),
        ),
        FULL,
    ),
    Case("the table's zeros in one cell, the loop in the next", apart("C", *LINES["C"].split("\n", 1)), FULL),
    Case("a function that reads the notebook's variables", helped(SPREAD, C="dC = spread()"), FULL),
    Case("the same, in the gradient's own cell", apart("C", f"{SPREAD}\n\ndC = spread()"), FULL),
    Case("a function with arguments", helped(ROWS, C="dC = add_rows(C, Xb, demb)"), FULL),
    Case(
        "a function with arguments, in the gradient's own cell", first(C=f"{ROWS}\n\ndC = add_rows(C, Xb, demb)"), FULL
    ),
    Case(
        "a function with arguments that reads n",
        helped(
            "def mean_back(d, x):\n  return torch.ones_like(x) * d / n",
            hprebn="dhprebn = dbndiff + mean_back(dbnmeani, hprebn)",
        ),
        FULL,
    ),
    Case(
        "a function that calls another",
        helped(
            "def total(t):\n  return t.sum(0, keepdim=True)\n\ndef neg_total(t):\n  return -total(t)",
            bnmeani="dbnmeani = neg_total(dbndiff)",
            bnbias="dbnbias = total(dhpreact)",
        ),
        FULL,
    ),
    Case(
        "a function with a name that begins with d",
        helped("def dtanh(y):\n  return 1.0 - y**2", hpreact="dhpreact = dtanh(h) * dh"),
        FULL,
    ),
    Case(
        "a lambda",
        helped(
            "over_rows = lambda t: t.sum(0, keepdim=True)",
            bngain="dbngain = over_rows(bnraw * dhpreact)",
            bnbias="dbnbias = over_rows(dhpreact)",
        ),
        FULL,
    ),
    Case(
        "a lambda in the same cell",
        first(bngain="f = lambda a, b: (a * b).sum(0, keepdim=True)\ndbngain = f(bnraw, dhpreact)"),
        FULL,
    ),
    Case(
        "a value shared by two",
        first(
            bngain="both = bnraw * dhpreact\ndbngain = both.sum(0, keepdim=True)",
            bnbias="dbnbias = (both / bnraw).sum(0, keepdim=True)",
        ),
        FULL,
    ),
    Case(
        "tmp for one gradient and then for another",
        first(
            counts_sum_inv="tmp = counts * dprobs\ndcounts_sum_inv = tmp.sum(1, keepdim=True)",
            bnvar_inv="tmp = bndiff * dbnraw\ndbnvar_inv = tmp.sum(0, keepdim=True)",
        ),
        FULL,
    ),
    Case(
        "tmp changed in place",
        first(bnvar="tmp = bnvar + 1e-5\ntmp = tmp**-1.5\ntmp *= -0.5\ndbnvar = tmp * dbnvar_inv"),
        FULL,
    ),
    Case(
        "values with names that begin with d",
        first(
            probs="dinv = 1.0 / probs\ndprobs = dinv * dlogprobs",
            hpreact="dtanh = 1.0 - h**2\ndhpreact = dtanh * dh",
            bnvar="dtmp = (bnvar + 1e-5)**-1.5\ndbnvar = -0.5 * dtmp * dbnvar_inv",
            bndiff="diff = bnvar_inv * dbnraw\ndelta = 2*bndiff * dbndiff2\ndbndiff = diff + delta",
        ),
        FULL,
    ),
    Case(
        "data, dim, dist and other words",
        first(
            counts="dim = 1\ndata = dcounts_sum.expand_as(counts)\ndcounts = counts_sum_inv * dprobs + data",
            counts_sum_inv="dim = 1\ndcounts_sum_inv = (counts * dprobs).sum(dim, keepdim=True)",
            h="dot = dlogits @ W2.T\ndh = dot",
        ),
        FULL,
    ),
    Case(
        "eps in a cell of its own", helped("eps = 1e-5", bnvar="dbnvar = (-0.5*(bnvar + eps)**-1.5) * dbnvar_inv"), FULL
    ),
    Case(
        "eps in the forward pass too",
        first(bnvar="dbnvar = (-0.5*(bnvar + eps)**-1.5) * dbnvar_inv").swap(
            "forward", ("emb = C[Xb] # look up", "eps = 1e-5\nemb = C[Xb]"), ("bnvar + 1e-5", "bnvar + eps")
        ),
        FULL,
    ),
    Case(
        "eps of another sign",
        first(bnvar=LINES["bnvar"].replace("+ 1e-5", "- 1e-5")),
        {"mlp": Want({"dbnvar": "wrong_values"})},
    ),
    Case(
        "one_hot in a cell of its own",
        apart(
            "logits",
            "hot = F.one_hot(logits.max(1).indices, num_classes=logits.shape[1])",
            "dlogits = dnorm_logits.clone()\ndlogits += hot * dlogit_maxes",
        ),
        FULL,
    ),
    Case(
        "a mask made by a loop in a cell of its own",
        apart(
            "logits",
            "hot = torch.zeros_like(logits)\nfor row, col in enumerate(logits.max(1).indices):\n  hot[row, col] = 1.0",
            "dlogits = dnorm_logits + hot * dlogit_maxes",
        ),
        FULL,
    ),
    Case(
        "one_hot beside the forward pass",
        helped("Y_hot = F.one_hot(Yb, num_classes=vocab_size).to(logprobs.dtype)", logprobs="dlogprobs = -Y_hot / n"),
        FULL,
    ),
    Case(
        "rows in the cell of the forward pass",
        first(logprobs="dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[rows, Yb] = -1.0/n").swap(
            "forward", ("loss = -logprobs[range(n), Yb]", "rows = torch.arange(n)\nloss = -logprobs[rows, Yb]")
        ),
        FULL,
    ),
    Case(
        "the maxima's places in the forward pass",
        first(logits="dlogits = dnorm_logits.clone()\ndlogits[range(n), where] += dlogit_maxes.view(-1)").swap(
            "forward",
            (
                "logit_maxes = logits.max(1, keepdim=True).values",
                "top = logits.max(1, keepdim=True)\nlogit_maxes = top.values\nwhere = top.indices.squeeze(1)",
            ),
        ),
        FULL,
    ),
    Case(
        "transposed in cells of their own",
        apart(
            "h",
            "W2T = W2.T\nhT = h.T",
            LINES["h"].replace("W2.T", "W2T"),
        ).swap("cell 3 (new)", ("h.T @ dlogits", "hT @ dlogits")),
        FULL,
    ),
    Case(
        "a list comprehension",
        first(
            counts_sum_inv=(
                "dcounts_sum_inv = torch.stack([(counts[i] * dprobs[i]).sum() for i in range(n)]).view(-1, 1)"
            )
        ),
        FULL,
    ),
    Case(
        "a comprehension whose name is a variable's",
        first(b2="db2 = torch.stack([b1 for b1 in dlogits]).sum(0)", b1="db1 = sum([h for h in dhprebn])"),
        FULL,
    ),
    Case(
        "a loop over zip",
        first(
            C="dC = torch.zeros_like(C)\nfor row, d in zip(Xb.view(-1), demb.view(-1, demb.shape[-1])):\n  dC[row] += d"
        ),
        FULL,
    ),
    Case(
        "a loop over two zips",
        first(C="dC = torch.zeros_like(C)\nfor xs, ds in zip(Xb, demb):\n  for x, d in zip(xs, ds):\n    dC[x] += d"),
        FULL,
    ),
    Case(
        "a loop over the targets",
        first(
            logprobs="dlogprobs = torch.zeros_like(logprobs)\nfor i, y in enumerate(Yb):\n  dlogprobs[i, y] = -1.0/n"
        ),
        FULL,
    ),
    Case(
        "a while loop",
        first(
            C=(
                "dC = torch.zeros_like(C)\nk = 0\nwhile k < n:\n  for j in range(block_size):\n"
                "    dC[Xb[k, j]] += demb[k, j]\n  k += 1"
            )
        ),
        FULL,
    ),
    Case(
        "the loop's zeros are made inside an if",
        first(
            C=(
                "if True:\n  dC = torch.zeros_like(C)\nfor k in range(n):\n"
                "  for j in range(Xb.shape[1]):\n    dC[Xb[k, j]] += demb[k, j]"
            )
        ),
        FULL,
    ),
    Case(
        "a value set in an if",
        first(
            bndiff2=(
                "if n > 1:\n  factor = 1.0/(n-1)\nelse:\n  factor = 1.0\n"
                "dbndiff2 = factor * torch.ones_like(bndiff2) * dbnvar"
            )
        ),
        FULL,
    ),
    Case(
        "softmax once more for the norm",
        first(
            norm_logits=(
                "p = counts / counts.sum(1, keepdim=True)\nassert torch.allclose(p, probs)\n"
                "dnorm_logits = counts * dcounts"
            )
        ),
        FULL,
    ),
    Case(
        "the part before it is finished is read",
        FIRST.set(
            "exercise 1",
            exercise_1(
                logit_maxes=None,
                logits=(
                    "dlogits = dnorm_logits.clone()\ndlogit_maxes = -dlogits.sum(1, keepdim=True)\n"
                    "dlogits += F.one_hot(logits.argmax(1), logits.shape[1]) * dlogit_maxes"
                ),
            ),
        ),
        FULL,
    ),
    Case(
        "the same in batch norm",
        first(
            bnmeani="dhprebn = dbndiff.clone()\ndbnmeani = -dhprebn.sum(0, keepdim=True)",
            hprebn="dhprebn += dbnmeani / n",
        ),
        FULL,
    ),
    Case(
        "the same with counts",
        first(
            counts_sum_inv=None,
            counts_sum=None,
            counts=(
                "dcounts = dprobs.clone()\ndcounts_sum_inv = (counts * dcounts).sum(1, keepdim=True)\n"
                "dcounts = counts_sum_inv * dcounts\ndcounts_sum = (-counts_sum**-2) * dcounts_sum_inv\n"
                "dcounts += dcounts_sum"
            ),
        ),
        FULL,
    ),
    Case(
        "a shape that broadcasts, and all after it right",
        first(bnmeani="dbnmeani = (-dbndiff).sum(0)", hprebn="dhprebn = dbndiff + dbnmeani / n"),
        {"mlp": Want({"dbnmeani": "wrong_shape"})},
    ),
    Case(
        "two shapes that broadcast",
        first(b2="db2 = dlogits.sum(0, keepdim=True)", bnbias="dbnbias = dhpreact.sum(0)"),
        {"mlp": Want({"db2": "wrong_shape", "dbnbias": "wrong_shape"})},
    ),
    Case(
        "clone forgotten",
        first(hprebn="dhprebn = dbndiff\ndhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)"),
        FULL,
    ),
    Case(
        "one taken from autograd",
        first(hpreact="dhpreact = hpreact.grad.clone()"),
        {"mlp": Want({"dhpreact": "refused"})},
    ),
    Case(
        "autograd in a cell that no gradient uses",
        FIRST.put(
            "exercise 1",
            (
                "scratch",
                Cell(
                    "# is that what PyTorch says?\n"
                    "check_h, = torch.autograd.grad(F.cross_entropy(h.detach() @ W2 + b2, Yb), [W2])\n"
                    "print((check_h - dW2).abs().max())"
                ),
            ),
        ),
        {"mlp": Want(never=("refused",)), "training": Want()},
    ),
    Case(
        "a helper for the exercise in one go",
        COMPLETE.set(
            "exercise 2",
            (
                "hot = F.one_hot(Yb, num_classes=logits.shape[1])\n"
                "dlogits = (logits.softmax(1) - hot) / n\ncmp('logits', dlogits, logits)"
            ),
        ),
        {"cross_entropy": Want(), "mlp": Want()},
    ),
    Case(
        "softmax in a cell of its own",
        COMPLETE.instead(
            "exercise 2",
            *cells(
                {"p": "p = F.softmax(logits, 1)", "minus": "p[range(n), Yb] -= 1", "d": "dlogits = p / n"},
                "cross_entropy",
            ),
        ),
        {"cross_entropy": Want()},
    ),
    Case(
        "probs of exercise 1 in exercise 2",
        COMPLETE.set("exercise 2", "dlogits = probs.clone()\ndlogits[range(n), Yb] -= 1\ndlogits /= n"),
        {"cross_entropy": Want(rest="right|unknown_parameter"), "mlp": Want()},
    ),
    Case(
        "batch norm in one go, in steps",
        COMPLETE.set(
            "exercise 3",
            (
                "mean_path = dhpreact.sum(0)\nvar_path = n/(n-1)*bnraw*(dhpreact*bnraw).sum(0)\n"
                "scale = bngain*bnvar_inv/n\ndhprebn = scale * (n*dhpreact - mean_path - var_path)"
            ),
        ),
        {"batchnorm": Want(), "mlp": Want()},
    ),
    Case(
        "batch norm in one go by way of dbnraw",
        COMPLETE.set(
            "exercise 3",
            (
                "dbnraw = bngain * dhpreact\n"
                "dhprebn = bnvar_inv * (dbnraw - dbnraw.mean(0) - bnraw * (dbnraw * bnraw).sum(0) / (n-1))"
            ),
        ),
        {"batchnorm": Want(), "mlp": Want()},
    ),
    Case(
        "a helper in the loop",
        COMPLETE.put("exercise 3", ("helper", Cell(ROWS))).swap(
            "exercise 4",
            (
                (
                    "    dC = torch.zeros_like(C)\n    for k in range(Xb.shape[0]):\n"
                    "      for j in range(Xb.shape[1]):\n        ix = Xb[k,j]\n        dC[ix] += demb[k,j]\n"
                ),
                "    dC = add_rows(C, Xb, demb)\n",
            ),
        ),
        {"training": Want(), "mlp": Want()},
    ),
]
