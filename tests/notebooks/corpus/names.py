"""Own names for variables and for gradients: the forward pass says which is which, or `cmp` does, or both."""

from __future__ import annotations

import re

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import COMPLETE, FIRST, NAMES, exercise_1, lines

FULL = {"mlp": Want()}
WHERE = ("forward", "exercise 1")
WITHOUT = FIRST.set("exercise 1", lines()).without("cmp")
"""No comparison anywhere."""


def renamed(book: Book, **own: str) -> Book:
    """Variables with other names, their gradients alike; the comparisons follow, in quotes too."""
    for old, new in own.items():
        pairs = [(old, new), *([(f"d{old}", f"d{new}")] if old in NAMES else [])]
        tags = tuple(tag for tag in book.cells if tag in (*WHERE, "batch", "parameters"))
        for pair in pairs:
            book = book.rename(pair, among=tags)
        text = book.cells["exercise 1"].text.replace(f"cmp('{old}'", f"cmp('{new}'")
        if text != book.cells["exercise 1"].text:
            book = book.set("exercise 1", text)
    return book


def called(book: Book, *names: str, **own: str) -> Book:
    """Gradients with other names than d and the variable's; the variables keep theirs."""
    for name in names:
        own.setdefault(name, f"d_{name}")
    for name, new in own.items():
        book = book.rename((f"d{name}", new), among=("exercise 1",))
    return book


def known(*names: str, **own: str) -> dict[str, str]:
    """Own name -> the exercise's."""
    return {f"d_{name}": f"d{name}" for name in names} | {new: f"d{name}" for name, new in own.items()}


def variables(**own: str) -> dict[str, str]:
    """The same for variables, and for their gradients."""
    return {new: old for old, new in own.items()} | {f"d{new}": f"d{old}" for old, new in own.items()}


def by_variable(name: str, book: Book, **own: str) -> Case:
    """A case with own names for variables."""
    return Case(name, renamed(book, **own), FULL, known=variables(**own))


def by_gradient(name: str, book: Book, *names: str, **own: str) -> Case:
    """A case with own names for gradients."""
    return Case(name, called(book, *names, **own), FULL, known=known(*names, **own))


UNDERSCORES = {
    "hprebn": "h_prebn",
    "hpreact": "h_preact",
    "bnraw": "bn_raw",
    "bndiff": "bn_diff",
    "bnvar": "bn_var",
    "embcat": "emb_cat",
}
GRAD_OF = {name: f"grad_{name}" for name in NAMES}
OF_GRAD = {name: f"{name}_grad" for name in NAMES}
DL_D = {name: f"dL_d{name}" for name in NAMES}
CAPITALS = {"W1": "w1", "W2": "w2", "C": "c"}
ELOGITS = {"counts": "elogits", "counts_sum": "elogits_sum", "counts_sum_inv": "elogits_sum_inv"}
ONE_DIFFERENT = FIRST.swap("exercise 1", ("dlogit_maxes", "dlogits_maxes"))
CASES = [
    by_variable("hidden for h: forward pass and comparison", FIRST, h="hidden"),
    by_variable("hidden for h: the forward pass alone", WITHOUT, h="hidden"),
    by_gradient("dhid for dh: the comparison alone", FIRST, h="dhid"),
    Case(
        "hidden for h: only the comparison says h",
        renamed(FIRST, h="hidden").swap("exercise 1", ("cmp('hidden', dhidden, hidden)", "cmp('h', dhidden, hidden)")),
        FULL,
        known=variables(h="hidden"),
    ),
    by_variable("underscores: forward pass and comparison", FIRST, **UNDERSCORES),
    by_variable("underscores: the forward pass alone", WITHOUT, **UNDERSCORES),
    by_variable("xb and yb", FIRST, Xb="xb", Yb="yb"),
    by_variable("X and Y", FIRST, Xb="X", Yb="Y"),
    by_variable("x_batch and y_batch, without comparisons", WITHOUT, Xb="x_batch", Yb="y_batch"),
    by_gradient("d_ for all: compared", FIRST, *NAMES),
    by_gradient("d_ for all: not compared", WITHOUT, *NAMES),
    by_gradient("d_ for some", FIRST, "logits", "h", "W2"),
    by_gradient("dL_d for all", FIRST, **DL_D),
    by_gradient(
        "dl_d for all", FIRST, **{name: new.lower() if name.islower() else f"dl_d{name}" for name, new in DL_D.items()}
    ),
    by_gradient("grad_ for all: compared", FIRST, **GRAD_OF),
    by_gradient("_grad for all: compared", FIRST, **OF_GRAD),
    by_gradient("grad_logits and logits_grad", FIRST, logits="grad_logits", norm_logits="norm_logits_grad"),
    by_variable("elogits for counts: forward pass and comparison", FIRST, **ELOGITS),
    by_variable("elogits for counts: the forward pass alone", WITHOUT, **ELOGITS),
    Case(
        "dlogits_maxes: the comparison says it",
        ONE_DIFFERENT,
        FULL,
        known={"dlogits_maxes": "dlogit_maxes"},
    ),
    Case(
        "dbnmean for dbnmeani: the comparison says it",
        FIRST.swap("exercise 1", ("dbnmeani", "dbnmean")),
        FULL,
        known={"dbnmean": "dbnmeani"},
    ),
    by_variable("small letters for weights", FIRST, **CAPITALS),
    by_variable("small letters for weights: no comparison", WITHOUT, W1="w1", W2="w2"),
    by_variable("Wh and bh", FIRST, W1="Wh", b1="bh", W2="Wo", b2="bo"),
    by_variable("weights and bias in words", FIRST, W1="weights1", b1="bias1", W2="weights2", b2="bias2"),
    by_variable("emb_cat", FIRST, embcat="emb_cat"),
    by_variable("embeddings and flat", WITHOUT, emb="embeddings", embcat="flat"),
    by_variable("gamma and beta", FIRST, bngain="gamma", bnbias="beta", bnraw="xhat", bnvar_inv="inv_std"),
    by_variable("in Turkish", FIRST, h="gizli", logits="skorlar", probs="olasiliklar"),
    by_variable("in German, with an umlaut", FIRST, h="versteckt", bnvar="größe", counts="zähler"),
    by_variable(
        "short names",
        WITHOUT,
        norm_logits="nl",
        counts="cnt",
        counts_sum="cs",
        counts_sum_inv="csi",
        probs="pr",
        logprobs="lp",
    ),
    Case(
        "names for both: hidden, and its gradient dhid",
        renamed(FIRST, h="hidden").rename(("dhidden", "dhid"), among=("exercise 1",)),
        FULL,
        known={"hidden": "h", "dhid": "dh"},
    ),
    Case(
        "compared under another label",
        FIRST.set("exercise 1", re.sub(r"cmp\('(\w+)'", r"cmp('d\1'", exercise_1())),
        FULL,
    ),
    Case(
        "cmp has another name and order",
        FIRST.set("cmp", "def compare(mine, theirs, label):\n  print(label, torch.allclose(mine, theirs.grad))").set(
            "exercise 1", lines() + "\n" + "\n".join(f"compare(d{name}, {name}, '{name}')" for name in NAMES)
        ),
        FULL,
    ),
    Case(
        "a variable's own name for something else later",
        FIRST.put("exercise 1", ("later", COMPLETE.cells["look"])).set(
            "later", "h = 3\nlogits_of_one = logits[0]\nprobs_ = F.softmax(logits_of_one, 0)\nn_hidden = 64"
        ),
        FULL,
    ),
    Case(
        "own names in exercise 2",
        COMPLETE.set(
            "exercise 2",
            (
                "d_logits = F.softmax(logits, 1)\nd_logits[range(n), Yb] -= 1\nd_logits /= n\n"
                "cmp('logits', d_logits, logits)"
            ),
        ),
        {"cross_entropy": Want(), "mlp": Want()},
        known={"d_logits": "dlogits"},
    ),
    Case(
        "dlogits_fast in exercise 2",
        COMPLETE.set(
            "exercise 2",
            (
                "dlogits_fast = F.softmax(logits, 1)\ndlogits_fast[range(n), Yb] -= 1\n"
                "dlogits_fast /= n\ncmp('logits', dlogits_fast, logits)"
            ),
        ).without("look", "picture"),
        {"cross_entropy": Want(), "mlp": Want()},
        known={"dlogits_fast": "dlogits"},
    ),
    Case(
        "dhprebn_fast in exercise 3",
        COMPLETE.swap("exercise 3", ("dhprebn =", "dhprebn_fast ="), ("dhprebn,", "dhprebn_fast,")),
        {"batchnorm": Want(), "mlp": Want()},
        known={"dhprebn_fast": "dhprebn"},
    ),
    Case(
        "own names in the loop",
        COMPLETE.rename(
            ("h", "hidden"),
            ("dh", "dhidden"),
            ("hprebn", "h_prebn"),
            ("dhprebn", "dh_prebn"),
            ("Xb", "xb"),
            ("Yb", "yb"),
            among=("exercise 4",),
        ),
        {"training": Want(), "mlp": Want()},
        known=variables(h="hidden", hprebn="h_prebn", Xb="xb", Yb="yb"),
    ),
    Case(
        "small letters for weights, in all exercises",
        COMPLETE.rename(
            *((old, new) for old, new in CAPITALS.items() if old != "C"), ("dW1", "dw1"), ("dW2", "dw2")
        ).swap("exercise 1", ("cmp('W1'", "cmp('w1'"), ("cmp('W2'", "cmp('w2'")),
        {"training": Want(), "mlp": Want()},
        known=variables(W1="w1", W2="w2"),
    ),
    Case(
        "cmp with words for its arguments",
        FIRST.set("exercise 1", re.sub(r"cmp\('(\w+)', (\w+), (\w+)\)", r"cmp('\1', dt=\2, t=\3)", exercise_1())),
        FULL,
    ),
    Case(
        "dhid for dh: cmp with words for its arguments",
        called(FIRST, h="dhid").swap("exercise 1", ("cmp('h', dhid, h)", "cmp(s='h', dt=dhid, t=h)")),
        FULL,
        known=known(h="dhid"),
    ),
    Case(
        "dhid for dh: compared in a cell of its own",
        called(FIRST, h="dhid")
        .swap("exercise 1", ("cmp('h', dhid, h)\n", ""))
        .put("exercise 1", ("compared", Cell("cmp('h', dhid, h)"))),
        FULL,
        known=known(h="dhid"),
    ),
    Case(
        "dhid for dh: compared by allclose",
        called(FIRST, h="dhid").swap("exercise 1", ("cmp('h', dhid, h)", "print(torch.allclose(dhid, h.grad))")),
        {"mlp": Want({"dh": "right|not_started"})},
        known=known(h="dhid"),
    ),
]
