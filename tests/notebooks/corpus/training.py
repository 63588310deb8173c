"""Ways to write the training loop of exercise 4."""

from __future__ import annotations

from textwrap import indent

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import (
    COMPLETE,
    EXERCISE_4_START,
    LOOP,
    LOOP_BACKWARD,
    LOOP_BATCH,
    LOOP_FORWARD,
    LOOP_UPDATE,
    outdented,
)

FULL = {"training": Want()}
BOTH = {"training": Want(), "mlp": Want()}
DC = LOOP_BACKWARD[LOOP_BACKWARD.index("    for k in") : LOOP_BACKWARD.index("    grads")]
LIST = "grads = [dC, dW1, db1, dW2, db2, dbngain, dbnbias]\n"
UPDATE = LOOP_UPDATE[LOOP_UPDATE.index("    for p, grad") : LOOP_UPDATE.index("    # how")]


def swapped(*pairs: tuple[str, str]) -> Book:
    """The complete notebook with some texts of the loop replaced."""
    return COMPLETE.swap("exercise 4", *pairs)


def loop(text: str) -> Book:
    """With another loop, after the same parameters."""
    return COMPLETE.set("exercise 4", f"{EXERCISE_4_START}\n\n{text}")


IN_A_FUNCTION = (
    "batch_size = 32\nn = batch_size\nmax_steps = 200000\nlossi = []\n\n@torch.no_grad()\ndef train():\n"
    f"  for i in range(max_steps):\n{LOOP_BATCH}{LOOP_FORWARD}{LOOP_BACKWARD}{LOOP_UPDATE}\n"
)
ONE_STEP_AS_FUNCTION = (
    "batch_size = 32\nn = batch_size\nmax_steps = 200000\nlossi = []\n\ndef step(i):\n  with torch.no_grad():\n"
    f"{LOOP_BATCH}{LOOP_FORWARD}{LOOP_BACKWARD}{LOOP_UPDATE}\n"
)
WHILE = LOOP.replace("  for i in range(max_steps):\n", "  i = 0\n  while i < max_steps:\n") + "\n    i += 1"


def optimized(rate: str) -> Book:
    """With an optimizer, which is given the gradients."""
    return swapped(
        ("max_steps = 200000", f"optimizer = torch.optim.SGD(parameters, {rate})\nmax_steps = 200000"),
        (UPDATE, "    for p, grad in zip(parameters, grads):\n      p.grad = grad\n    optimizer.step()\n\n"),
    )


CASES = [
    Case(
        "loop: backward() under if False",
        swapped(("    #loss.backward() # only to compare", "    if False:\n      loss.backward()")),
        BOTH,
    ),
    Case(
        "loop: backward() too, to compare",
        loop(outdented(LOOP).replace("  #loss.backward()", "  loss.backward()")),
        BOTH,
    ),
    Case(
        "loop: backward() and the comparisons at the end of a step",
        loop(
            outdented(LOOP)
            .replace("  #loss.backward()", "  loss.backward()")
            .replace(
                f"  {LIST}",
                (
                    f"  {LIST}  if i == 0:\n    for p, grad in zip(parameters, grads):\n"
                    "      cmp(str(tuple(p.shape)), grad, p)\n"
                ),
            )
        ),
        FULL,
    ),
    Case("loop: without torch.no_grad", loop(outdented(LOOP)), BOTH),
    Case(
        "loop: inside a function",
        loop(f"{IN_A_FUNCTION}\ntrain()"),
        BOTH,
        run=loop(IN_A_FUNCTION.replace("@torch.no_grad()\ndef train():", "with torch.no_grad():")),
    ),
    Case(
        "loop: one step is a function",
        loop(f"{ONE_STEP_AS_FUNCTION}\nfor i in range(max_steps):\n  step(i)"),
        FULL,
        run=loop(
            ONE_STEP_AS_FUNCTION.replace("def step(i):", "for i in range(max_steps):"),
        ),
    ),
    Case(
        "loop: the index has another name",
        swapped(("ix = Xb[k,j]", "row = Xb[k,j]"), ("dC[ix] +=", "dC[row] +=")),
        BOTH,
    ),
    Case(
        "loop: no name for the index",
        swapped((DC, DC.replace("        ix = Xb[k,j]\n", "").replace("dC[ix]", "dC[Xb[k, j]]"))),
        FULL,
    ),
    Case("loop: the batch's index used once more", swapped(("    lr = 0.1", "    seen = ix\n    lr = 0.1")), FULL),
    Case("loop: index_add", swapped((DC, "    dC.index_add_(0, Xb.view(-1), demb.view(-1, demb.shape[2]))\n")), BOTH),
    Case(
        "loop: one_hot",
        swapped(
            (
                "    dC = torch.zeros_like(C)\n" + DC,
                (
                    "    onehot = F.one_hot(Xb.view(-1), num_classes=vocab_size).to(demb.dtype)\n"
                    "    dC = onehot.T @ demb.view(-1, n_embd)\n"
                ),
            )
        ),
        BOTH,
    ),
    Case("loop: index_put", swapped((DC, "    dC.index_put_((Xb,), demb, accumulate=True)\n")), FULL),
    Case(
        "loop: enumerate",
        swapped(
            (DC, "    for k, row in enumerate(Xb):\n      for j, ix in enumerate(row):\n        dC[ix] += demb[k, j]\n")
        ),
        FULL,
    ),
    Case("loop: grads is a tuple", swapped((LIST, "grads = (dC, dW1, db1, dW2, db2, dbngain, dbnbias)\n")), BOTH),
    Case("loop: grads without brackets", swapped((LIST, "grads = dC, dW1, db1, dW2, db2, dbngain, dbnbias\n")), FULL),
    Case(
        "loop: grads over two lines",
        swapped((LIST, "grads = [\n      dC, dW1, db1,\n      dW2, db2, dbngain, dbnbias,\n    ]\n")),
        FULL,
    ),
    Case("loop: grads has another name", swapped(("grads", "my_gradients")), FULL),
    Case(
        "loop: another order, the parameters alike",
        swapped(
            (LIST, "grads = [dbnbias, dbngain, db2, dW2, db1, dW1, dC]\n"),
            ("parameters = [C, W1, b1, W2, b2, bngain, bnbias]", "parameters = [bnbias, bngain, b2, W2, b1, W1, C]"),
        ),
        FULL,
    ),
    Case(
        "loop: no list, zip over a literal",
        swapped(
            (f"    {LIST}", ""),
            ("zip(parameters, grads)", "zip(parameters, [dC, dW1, db1, dW2, db2, dbngain, dbnbias])"),
        ),
        FULL,
    ),
    Case(
        "loop: no list, an update for each",
        swapped(
            (f"    {LIST}", ""),
            (
                UPDATE,
                "".join(f"    {p} -= lr * d{p}\n" for p in ("C", "W1", "b1", "W2", "b2", "bngain", "bnbias")) + "\n",
            ),
        ),
        FULL,
    ),
    Case(
        "loop: the gradients put into p.grad",
        swapped(
            (
                UPDATE,
                "    for p, grad in zip(parameters, grads):\n      p.grad = grad\n      p.data += -lr * p.grad\n\n",
            )
        ),
        FULL,
    ),
    Case("loop: p -= lr * grad", swapped(("p.data += -lr * grad", "p -= lr * grad")), FULL),
    Case("loop: range(1)", swapped(("range(max_steps)", "range(1)")), FULL),
    Case("loop: while", loop(WHILE), FULL),
    Case(
        "loop: while True with break",
        loop(WHILE.replace("while i < max_steps:", "while True:") + "\n    if i >= max_steps:\n      break"),
        FULL,
    ),
    Case("loop: stops after a thousand", loop(f"{LOOP}\n    if i >= 1000: # enough\n      break"), FULL),
    Case(
        "loop: epochs around it",
        loop(
            LOOP[: LOOP.index("  for i in")]
            + "  for epoch in range(1):\n   for i in range(max_steps):\n"
            + LOOP_BATCH
            + LOOP_FORWARD
            + LOOP_BACKWARD
            + LOOP_UPDATE
        ),
        FULL,
    ),
    Case(
        "loop: the parameters in another cell",
        COMPLETE.instead(
            "exercise 4",
            ("parameters again", COMPLETE.cells["parameters"]),
            ("loop", COMPLETE.set("exercise 4", LOOP).cells["exercise 4"]),
        ),
        BOTH,
    ),
    Case(
        "loop: other names inside",
        swapped(
            ("bnmean", "mu"),
            ("bnvar_inv", "istd"),
            ("bnvar", "var"),
            ("bnraw", "xhat"),
            ("hpreact", "pre_tanh"),
        ),
        FULL,
        known={"pre_tanh": "hpreact", "xhat": "bnraw"},
    ),
    Case(
        "loop: batch norm's mean by hand",
        swapped(
            ("hprebn.mean(0, keepdim=True)", "1/n*hprebn.sum(0, keepdim=True)"),
            ("hprebn.var(0, keepdim=True, unbiased=True)", "1/(n-1)*((hprebn - bnmean)**2).sum(0, keepdim=True)"),
        ),
        FULL,
    ),
    Case(
        "loop: comparing after each gradient, commented out",
        swapped(
            ("    db2 = dlogits.sum(0)\n", "    db2 = dlogits.sum(0)\n    #cmp('b2', db2, b2)\n"),
            ("    dhprebn =", "    #cmp('bnbias', dbnbias, bnbias)\n    dhprebn ="),
        ),
        FULL,
    ),
    Case(
        "loop: wrong in one",
        swapped(("db2 = dlogits.sum(0)", "db2 = dlogits.mean(0)")),
        {"training": Want({"db2": "wrong_values"}), "mlp": Want()},
    ),
    Case(
        "loop: a wrong shape",
        swapped(("db1 = dhprebn.sum(0)", "db1 = dhprebn.sum(0, keepdim=True)")),
        {"training": Want({"db1": "wrong_shape"})},
    ),
    Case(
        "loop: wrong in exercise 1, right here",
        COMPLETE.swap("exercise 1", ("db2 = dlogits.sum(0)", "db2 = dlogits.mean(0)")),
        {"training": Want(), "mlp": Want({"db2": "wrong_values"})},
    ),
    Case(
        "loop: a second, better one",
        COMPLETE.swap("exercise 4", ("db2 = dlogits.sum(0)", "db2 = dlogits.mean(0)")).put(
            "exercise 4", ("loop again", COMPLETE.cells["exercise 4"])
        ),
        FULL,
    ),
    Case(
        "loop: in the small steps of exercise 1",
        swapped(
            (
                "    hprebn = embcat @ W1 + b1\n    bnmean = hprebn.mean(0, keepdim=True)\n",
                (
                    "    hprebn = embcat @ W1 + b1\n    bnmean = hprebn.mean(0, keepdim=True)\n"
                    "    bndiff = hprebn - bnmean\n    bndiff2 = bndiff**2\n"
                ),
            ),
            (
                (
                    "    dhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - "
                    "n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))\n"
                ),
                indent(
                    "dbnraw = bngain * dhpreact\n"
                    "dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)\n"
                    "dbnvar = (-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv\n"
                    "dbndiff2 = (1.0/(n-1))*torch.ones_like(bndiff2) * dbnvar\n"
                    "dbndiff = bnvar_inv * dbnraw\n"
                    "dbndiff += (2*bndiff) * dbndiff2\n"
                    "dbnmeani = (-dbndiff).sum(0, keepdim=True)\n"
                    "dhprebn = dbndiff.clone()\n"
                    "dhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)\n",
                    "    ",
                ),
            ),
        ),
        BOTH,
    ),
    Case(
        "loop: grads is a dict",
        swapped(
            (
                f"    {LIST}",
                (
                    "    grads = {'C': dC, 'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2,\n"
                    "             'bngain': dbngain, 'bnbias': dbnbias}\n"
                ),
            ),
            ("zip(parameters, grads)", "zip(parameters, grads.values())"),
        ),
        FULL,
    ),
    Case("loop: torch's optimizer takes the steps", optimized("lr=0.1"), FULL, run=optimized("lr=0.0")),
    Case("loop: nothing is updated yet", swapped((UPDATE, "")), FULL),
    Case(
        "loop: one is still missing, exercise 1 has it",
        swapped(("    dbngain = (bnraw * dhpreact).sum(0, keepdim=True)\n", "")),
        {
            "mlp": Want(),
            "training": Want(
                {"dbngain": "not_started|raised|unknown_parameter|wrong_values|wrong_shape|wrong_type"},
                rest="right|not_started|raised|unknown_parameter|wrong_type",
                notes=("this loop does not compute dbngain",),
            ),
        },
    ),
    Case(
        "loop: an older one in a function that nothing calls",
        COMPLETE.put("exercise 3", ("unused", Cell("def old_loop():\n  for i in range(10):\n    loss.backward()"))),
        BOTH,
    ),
]
