"""One cell for each gradient, several attempts at one, and notebooks in which the order of cells is not the order of
work.
"""

from __future__ import annotations

from notebooks.corpus.book import Case, Cell, Want
from notebooks.corpus.lecture import (
    COMPLETE,
    FIRST,
    LINES,
    NAMES,
    after,
    cells,
    compared,
    exercise_1,
    first,
    lines,
    up_to,
)

FULL = {"mlp": Want()}
SAID = ("attempt|assigned|again|times|more than once",)
"""The notes must say that there was a choice, in whatever words."""
CHOSEN = {"mlp": Want(notes=SAID)}
EACH = {name: f"{text}\n{compared(name)}" for name, text in LINES.items()}
REVERSED = dict(reversed(EACH.items()))
WRONG_BESSEL = LINES["bndiff2"].replace("(n-1)", "n")


def split(at: str, *between: str, part: str = "mlp") -> list[tuple[str, Cell]]:
    """Exercise 1 in two cells, and cells between."""
    before, behind = up_to(at)[:-1], after(at)
    return [
        ("above", Cell(exercise_1(*before), "mlp")),
        *((f"between {number}", Cell(text, part)) for number, text in enumerate(between, 1)),
        ("below", Cell(exercise_1(*behind), "mlp")),
    ]


CASES = [
    Case("a cell for each", FIRST.instead("exercise 1", *cells(EACH)), FULL),
    Case(
        "a cell for each, all four exercises",
        COMPLETE.instead("exercise 1", *cells(EACH)),
        {"mlp": Want(), "cross_entropy": Want(), "batchnorm": Want(), "training": Want()},
    ),
    Case(
        "a cell for each and words between",
        FIRST.instead(
            "exercise 1",
            *(
                pair
                for name, text in EACH.items()
                for pair in ((f"on {name}", Cell(f"Now $d_{{{name}}}$", kind="markdown")), (name, Cell(text, "mlp")))
            ),
        ),
        FULL,
    ),
    Case(
        "comparisons between all lines",
        FIRST.set("exercise 1", "\n".join(EACH.values())),
        FULL,
    ),
    Case(
        "comparisons in a cell of their own",
        FIRST.set("exercise 1", lines()).put(
            "exercise 1", *cells(dict.fromkeys(["checks"], "\n".join(map(compared, NAMES))), "")
        ),
        FULL,
    ),
    Case("lines without any comparison", FIRST.set("exercise 1", lines()).without("cmp"), FULL),
    Case(
        "from the bottom up",
        FIRST.instead("exercise 1", *cells(REVERSED)),
        FULL,
        run=FIRST.instead("exercise 1", *cells(EACH)),
    ),
    Case(
        "in order, and once more from the bottom up",
        FIRST.put("exercise 1", *cells(REVERSED)),
        FULL,
        run=FIRST,
    ),
    Case(
        "a second complete attempt, the first had mistakes",
        first(bndiff2=WRONG_BESSEL, b2="db2 = dlogits.mean(0)").put("exercise 1", ("again", Cell(exercise_1(), "mlp"))),
        CHOSEN,
    ),
    Case(
        "a second complete attempt, with a mistake",
        FIRST.put("exercise 1", ("again", Cell(exercise_1(bndiff2=WRONG_BESSEL), "mlp"))),
        {"mlp": Want({"dbndiff2": "wrong_values"}, notes=SAID)},
    ),
    Case(
        "a second complete attempt, a cell for each",
        first(bndiff2=WRONG_BESSEL).put("exercise 1", *cells(EACH)),
        CHOSEN,
    ),
    Case(
        "a second complete attempt in one cell, after a cell for each",
        FIRST.instead("exercise 1", *cells(EACH | {"bndiff2": WRONG_BESSEL})).put(
            "C (new)", ("again", Cell(exercise_1(), "mlp"))
        ),
        CHOSEN,
    ),
    Case(
        "three attempts at one, in cells side by side",
        FIRST.instead(
            "exercise 1",
            *split(
                "logits",
                "dlogits = dnorm_logits",
                "dlogits = dnorm_logits.clone()\ndlogits += dlogit_maxes",
                f"{LINES['logits']}\n{compared('logits')}",
            ),
        ),
        {"mlp": Want(notes=("dlogits",))},
    ),
    Case(
        "three attempts at one, the last one wrong",
        FIRST.instead(
            "exercise 1",
            *split(
                "counts",
                "dcounts = counts_sum_inv * dprobs",
                LINES["counts"],
                (
                    "dcounts = counts_sum_inv * dprobs\ndcounts -= torch.ones_like(counts) * dcounts_sum\n"
                    f"{compared('counts')}"
                ),
            ),
        ),
        {"mlp": Want({"dcounts": "wrong_values"})},
    ),
    Case(
        "wrong first, right in a later cell",
        first(hpreact="dhpreact = (1.0 - hpreact**2) * dh").put(
            "exercise 1", ("better", Cell(f"{LINES['hpreact']} # h, not hpreact\n{compared('hpreact')}", "mlp"))
        ),
        {"mlp": Want(notes=SAID)},
        mended=("dhpreact",),
    ),
    Case(
        "wrong first, right in a later cell, of two lines",
        first(counts="dcounts = counts_sum_inv * dprobs").put(
            "exercise 1", ("better", Cell(f"# the second way\n{LINES['counts']}\n{compared('counts')}", "mlp"))
        ),
        FULL,
        mended=("dcounts",),
    ),
    Case(
        "tried out in a cell before",
        FIRST.put("forward", ("try", Cell("dprobs = probs * 2 # no\ndprobs = dlogprobs if False else probs"))),
        FULL,
    ),
    Case(
        "wrong and right in one cell",
        first(h="dh = W2 @ dlogits.T\ndh = dlogits @ W2.T"),
        FULL,
    ),
    Case(
        "an old attempt commented out",
        first(h="#dh = W2 @ dlogits.T # shapes\ndh = dlogits @ W2.T", b1="# db1 = dhprebn.sum()\ndb1 = dhprebn.sum(0)"),
        FULL,
    ),
    Case(
        "begun a second time",
        FIRST.put("exercise 1", ("again", Cell(f"# once more, without looking\n{lines(*up_to('counts'))}", "mlp"))),
        FULL,
    ),
    Case(
        "begun a second time, the rest None",
        FIRST.put(
            "exercise 1",
            (
                "again",
                Cell(lines(*up_to("counts")) + "\ndnorm_logits = None # TODO\ndlogit_maxes = ...\ndlogits = None", ""),
            ),
        ),
        FULL,
    ),
    Case(
        "begun a second time, with a line that is unfinished",
        FIRST.put("exercise 1", ("again", Cell(lines(*up_to("probs")) + "\ndcounts_sum_inv = (counts *", ""))),
        FULL,
    ),
    Case(
        "begun a second time, the mistake in the first stays",
        first(b2="db2 = dlogits.mean(0)").put(
            "exercise 1", ("again", Cell(f"# once more\n{lines(*up_to('counts'))}", "mlp"))
        ),
        {"mlp": Want({"db2": "wrong_values"})},
    ),
    Case(
        "shown again in a cell that reads them",
        FIRST.put(
            "exercise 1",
            ("show", Cell("print(dlogits.shape, dC.shape)\ndC[0], dh.mean()\nplt.imshow(dlogits.detach())")),
        ),
        FULL,
    ),
    Case(
        "forward pass once more between",
        FIRST.instead(
            "exercise 1",
            ("above", Cell(exercise_1(*up_to("logits")), "mlp")),
            ("forward again", FIRST.cells["forward"]),
            ("below", Cell(exercise_1(*after("logits")), "mlp")),
        ),
        FULL,
    ),
    Case(
        "comparisons in a loop over names",
        FIRST.set(
            "exercise 1",
            f"{lines()}\nfor name in ['logits', 'h', 'W2']:\n  cmp(name, globals()['d' + name], globals()[name])",
        ),
        FULL,
    ),
    Case(
        "one gradient missing in the middle",
        first(bnvar=None),
        {"mlp": Want({"dbnvar": "not_started"})},
    ),
]
