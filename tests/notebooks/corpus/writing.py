"""Ways to write Python: one statement or several in a line, blocks, annotations, other languages in comments."""

from __future__ import annotations

from textwrap import indent

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import CHECKS, COMPLETE, FIRST, LINES, NAMES, after, cells, first, lines, up_to

FULL = {"mlp": Want()}


def written(text: str, tag: str = "exercise 1") -> Book:
    """With the cell of exercise 1 written like this."""
    return FIRST.set(tag, text)


def commented(*comments: str) -> str:
    """The lines, with a comment above each and one behind."""
    return "\n".join(
        f"# {comments[number % len(comments)]}\n{text} # {name}: {comments[(number + 1) % len(comments)]}"
        if "\n" not in text
        else f"# {comments[number % len(comments)]}\n{text}"
        for number, (name, text) in enumerate(LINES.items())
    )


TABS = first(C=LINES["C"].replace("    ", "\t\t").replace("\n  for", "\n\tfor"))
ANNOTATED = {name: LINES[name].replace(f"d{name} = ", f"d{name}: torch.Tensor = ", 1) for name in NAMES}
PRINTED = "\n".join(f"{text}\nprint('d{name}', d{name}.shape, d{name}.abs().max())" for name, text in LINES.items())
CASES = [
    Case("with torch.no_grad", written("with torch.no_grad():\n" + indent(lines(), "  ") + f"\n{CHECKS}"), FULL),
    Case(
        "with torch.no_grad twice",
        written(
            f"with torch.no_grad():\n{indent(lines(*up_to('h')), '    ')}\nwith torch.no_grad():\n"
            f"{indent(lines(*after('h')), '    ')}"
        ),
        FULL,
    ),
    Case("with torch.inference_mode", written("with torch.inference_mode():\n" + indent(lines(), "  ")), FULL),
    Case("if True", written("if True:\n" + indent(lines(), "  ") + f"\n{CHECKS}"), FULL),
    Case(
        "if True for one half",
        written(f"{lines(*up_to('h'))}\nif True: # batch norm\n{indent(lines(*after('h')), '  ')}"),
        FULL,
    ),
    Case("if False around an old attempt", first(h="if False:\n  dh = W2 @ dlogits.T\ndh = dlogits @ W2.T"), FULL),
    Case("an old attempt in a string", first(h='"""\ndh = W2 @ dlogits.T\n"""\ndh = dlogits @ W2.T'), FULL),
    Case(
        "semicolons",
        first(W2="dW2 = h.T @ dlogits; db2 = dlogits.sum(0); print(db2.shape)", b2=None).swap(
            "exercise 1", ("cmp('W2', dW2, W2)", "cmp('W2', dW2, W2); cmp('b2', db2, b2)")
        ),
        FULL,
    ),
    Case(
        "several in one line each",
        written("\n".join("; ".join(lines(name).split("\n")) if name != "C" else lines(name) for name in NAMES)),
        FULL,
    ),
    Case("a tuple at once", first(W2="dW2, db2 = h.T @ dlogits, dlogits.sum(0)", b2=None), FULL),
    Case(
        "a tuple in brackets",
        first(
            bngain="(dbngain, dbnbias) = (bnraw * dhpreact).sum(0, keepdim=True), dhpreact.sum(0, keepdim=True)",
            bnbias=None,
        ),
        FULL,
    ),
    Case(
        "a list at once",
        first(embcat="[dembcat, dW1, db1] = [dhprebn @ W1.T, embcat.T @ dhprebn, dhprebn.sum(0)]", W1=None, b1=None),
        FULL,
    ),
    Case(
        "from a function that returns two",
        first(
            W2=(
                "def linear_back(d, x, w):\n  return d @ w.T, x.T @ d, d.sum(0)\n\n"
                "dh, dW2, db2 = linear_back(dlogits, h, W2)"
            ),
            h=None,
            b2=None,
        ),
        FULL,
    ),
    Case(
        "the same for both layers",
        FIRST.put("forward", ("helper", Cell("def linear_back(d, x, w):\n  return d @ w.T, x.T @ d, d.sum(0)"))).set(
            "exercise 1",
            lines(
                h="dh, dW2, db2 = linear_back(dlogits, h, W2)",
                W2=None,
                b2=None,
                embcat="dembcat, dW1, db1 = linear_back(dhprebn, embcat, W1)",
                W1=None,
                b1=None,
            ),
        ),
        FULL,
    ),
    Case(
        "a walrus",
        first(W2="print((dW2 := h.T @ dlogits).shape)", b2="if (db2 := dlogits.sum(0)).dim() == 1:\n  print('ok')"),
        FULL,
    ),
    Case(
        "two names for one value",
        first(h="dh = dh_copy = dlogits @ W2.T", probs="mine = dprobs = (1.0 / probs) * dlogprobs"),
        FULL,
    ),
    Case("two gradients at once", first(emb="dflat = demb = dembcat.view(emb.shape)"), FULL),
    Case("del", first(bnvar="tmp = (bnvar + 1e-5)**-1.5\ndbnvar = -0.5*tmp*dbnvar_inv\ndel tmp"), FULL),
    Case("del of a gradient that is written again", first(h="dh = dlogits\ndel dh\ndh = dlogits @ W2.T"), FULL),
    Case("annotated", written("\n".join(ANNOTATED.values()) + f"\n{CHECKS}"), FULL),
    Case("annotated first, set later", first(h="dh: torch.Tensor\ndh = dlogits @ W2.T"), FULL),
    Case("tabs", TABS, FULL),
    Case(
        "over several lines",
        first(
            hprebn="dhprebn = (\n    dbndiff\n    + 1.0/n\n      * torch.ones_like(hprebn) * dbnmeani\n)",
            bnvar="dbnvar = -0.5 * \\\n    (bnvar + 1e-5)**-1.5 * dbnvar_inv",
        ),
        FULL,
    ),
    Case("comments in Chinese", written(commented("反向传播", "这一行的梯度")), FULL),
    Case("comments in Turkish", written(commented("geriye doğru", "türevi böyle buldum")), FULL),
    Case("comments in Korean", written(commented("역전파", "여기서 기울기를 구한다")), FULL),
    Case("comments in German", written(commented("Rückwärts", "größer als nötig, aber läuft")), FULL),
    Case("formulas in comments", written(commented("dL/dx = sum_j dL/dy_j * dy_j/dx", "dh = dlogits @ W2.T ?")), FULL),
    Case("prints between", written(PRINTED), FULL),
    Case(
        "shapes looked at between",
        written("\n".join(f"d{name}_shape = {name}.shape\n{text}" for name, text in LINES.items())),
        FULL,
    ),
    Case(
        "asserts between",
        written(
            "\n".join(f"{text}\nassert d{name}.shape == {name}.shape, d{name}.shape" for name, text in LINES.items())
        ),
        FULL,
    ),
    Case(
        "x = x + ...",
        first(
            counts="dcounts = counts_sum_inv * dprobs\ndcounts = dcounts + torch.ones_like(counts) * dcounts_sum",
            bndiff="dbndiff = bnvar_inv * dbnraw\ndbndiff = dbndiff + (2*bndiff) * dbndiff2",
        ),
        FULL,
    ),
    Case(
        "two parts and their sum",
        first(
            counts=(
                "dcounts_1 = counts_sum_inv * dprobs\ndcounts_2 = torch.ones_like(counts) * dcounts_sum\n"
                "dcounts = dcounts_1 + dcounts_2"
            ),
            bndiff="dbndiff_a, dbndiff_b = bnvar_inv * dbnraw, (2*bndiff) * dbndiff2\ndbndiff = dbndiff_a + dbndiff_b",
        ),
        FULL,
    ),
    Case(
        "methods that change in place",
        first(
            logprobs="dlogprobs = torch.zeros_like(logprobs)\ndlogprobs.scatter_(1, Yb.view(-1, 1), -1.0/n)",
            logits=(
                "dlogits = dnorm_logits.clone()\ndlogits.scatter_add_(1, logits.argmax(1, keepdim=True), dlogit_maxes)"
            ),
        ),
        FULL,
    ),
    Case(
        "zeros first, then +=",
        first(
            h="dh = torch.zeros_like(h)\ndh += dlogits @ W2.T",
            bndiff=(
                "dbndiff = torch.zeros_like(bndiff)\ndbndiff += bnvar_inv * dbnraw\ndbndiff += (2*bndiff) * dbndiff2"
            ),
        ),
        FULL,
    ),
    Case(
        "einsum and matmul",
        first(
            h="dh = torch.einsum('nv,hv->nh', dlogits, W2)",
            W2="dW2 = torch.matmul(h.transpose(0, 1), dlogits)",
            C="dC = torch.einsum('btv,bte->ve', F.one_hot(Xb, num_classes=C.shape[0]).to(demb.dtype), demb)",
        ),
        FULL,
    ),
    Case(
        "torch under another name",
        FIRST.swap("imports", ("import torch\n", "import torch as th\nimport torch\n")).set(
            "exercise 1", lines().replace("torch.", "th.")
        ),
        FULL,
    ),
    Case(
        "functions imported by name",
        FIRST.swap(
            "imports",
            (
                "import torch\n",
                "import torch\nfrom torch import zeros_like, ones_like\nfrom torch.nn.functional import one_hot\n",
            ),
        ).set(
            "exercise 1",
            lines()
            .replace("torch.zeros_like", "zeros_like")
            .replace("torch.ones_like", "ones_like")
            .replace("F.one_hot", "one_hot"),
        ),
        FULL,
    ),
    Case(
        "functions imported in the gradient's own cell",
        first(logits=f"from torch.nn.functional import one_hot\n{LINES['logits'].replace('F.one_hot', 'one_hot')}"),
        FULL,
    ),
    Case(
        "a function for some, lines for the rest",
        FIRST.instead(
            "exercise 1",
            *cells(
                {
                    "one": (
                        "def dlogprobs(logprobs, Yb, n):\n  d = torch.zeros_like(logprobs)\n"
                        "  d[range(n), Yb] = -1.0/n\n  return d\n\ndef dprobs(dlogprobs, probs):\n"
                        "  return dlogprobs / probs"
                    ),
                    "two": lines(*NAMES[2:]),
                }
            ),
        ),
        FULL,
        run=FIRST,
    ),
    Case("try and except", first(h="try:\n  dh = dlogits @ W2.T\nexcept RuntimeError as error:\n  print(error)"), FULL),
    Case("a loop over a list of one", first(b2="for _ in range(1):\n  db2 = dlogits.sum(0)"), FULL),
    Case("a conditional expression", first(b2="db2 = dlogits.sum(0) if dlogits.dim() == 2 else dlogits"), FULL),
    Case(
        "no spaces, many parentheses",
        first(hpreact="dhpreact=((1.0-(h**2))*(dh))", embcat="dembcat=(dhprebn)@(W1.T)"),
        FULL,
    ),
    Case(
        "Exercise 1 twice in one cell, under a heading each",
        written(f"# first try\n{lines(b2='db2 = dlogits.mean(0)')}\n\n# second try\n{lines()}"),
        FULL,
    ),
    Case(
        "tuple in exercise 2",
        COMPLETE.set(
            "exercise 2", "dlogits, rows = F.softmax(logits, 1), range(n)\ndlogits[rows, Yb] -= 1; dlogits /= n"
        ),
        {"cross_entropy": Want(), "mlp": Want()},
    ),
    Case(
        "no_grad in exercises 2 and 3",
        COMPLETE.set("exercise 2", "with torch.no_grad():\n" + indent(COMPLETE.cells["exercise 2"].text, "  ")).set(
            "exercise 3", "with torch.no_grad():\n" + indent(COMPLETE.cells["exercise 3"].text, "  ")
        ),
        {"cross_entropy": Want(), "batchnorm": Want(), "mlp": Want()},
    ),
    Case(
        "chained changes in exercise 2",
        COMPLETE.set(
            "exercise 2",
            (
                "dlogits = F.softmax(logits, 1)\ndlogits[range(n), Yb] -= 1\ndlogits.div_(n)\n"
                "cmp('logits', dlogits, logits)"
            ),
        ),
        {"cross_entropy": Want()},
    ),
    Case(
        "a loop over rows in exercise 2",
        COMPLETE.set(
            "exercise 2",
            "dlogits = F.softmax(logits, 1)\nfor i in range(n):\n  dlogits[i, Yb[i]] -= 1\ndlogits = dlogits / n",
        ),
        {"cross_entropy": Want(), "mlp": Want()},
    ),
]
