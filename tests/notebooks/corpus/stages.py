"""How far a learner has come: everything done, nothing begun, and between."""

from __future__ import annotations

from textwrap import indent

from notebooks.corpus.book import NOTHING, Book, Case, Cell, Want
from notebooks.corpus.lecture import (
    CHECKS,
    COMPLETE,
    EXERCISE_1_STARTER,
    EXERCISE_2,
    FORWARD_LINES,
    LINES,
    NAMES,
    STARTER,
    TODO,
    after,
    exercise_1,
    lines,
    up_to,
)

QUIET = (r"\.grad\b", "cannot be imported", "not read", "skipped", "asks autograd")
"""What the notes must not scold: the lecture's own cells."""
FULL = Want(never=QUIET)
ALL = {"mlp": FULL, "cross_entropy": FULL, "batchnorm": FULL, "training": FULL}
UNTOUCHED = {"mlp": NOTHING, "cross_entropy": NOTHING, "batchnorm": NOTHING, "training": NOTHING}
NO_PREBN = Want({"dhprebn": "not_started"})
"""Batch norm's other two are in exercise 1."""


def missing(*names: str) -> dict[str, str]:
    """These gradients are not begun."""
    return {f"d{name}": "not_started" for name in names}


FIRST_DONE = STARTER.set("exercise 1", exercise_1(), "mlp")
UP_TO_LOGITS = exercise_1(*up_to("logits")) + "".join(f"\n# cmp('{name}', d{name}, {name})" for name in after("logits"))
ALONE = COMPLETE.without(
    "batch", "forward", "exercise 1", "exercise 2 forward", "exercise 2", "look", "picture", "exercise 3 forward",
    "exercise 3",
)  # fmt: skip
SECOND_EARLY = COMPLETE.move("exercise 2 forward", "forward").move("exercise 2", "exercise 2 forward")
LEANING = exercise_1(norm_logits=None, logit_maxes=None, logits=EXERCISE_2.partition("\n\n")[0])
BATCHNORM_BY_GRAD = COMPLETE.without("exercise 1", "exercise 2", "look", "picture", "exercise 4").swap(
    "exercise 3", ("# and its gradient\n", "dhpreact = hpreact.grad # exercise 1 is for later\n")
)


def _own_checks(book: Book) -> Book:
    """With this project's comparisons instead of the lecture's."""
    return book.set("cmp", "from grader import check, cmp").put("exercise 1", ("check", Cell("check(globals())")))


WRONG_LOGITS = "dlogits = dnorm_logits * counts\ndlogits += torch.ones_like(logits) * dlogit_maxes"
CASES = [
    Case("complete", COMPLETE, ALL),
    Case("complete, cmp and check of this project", _own_checks(COMPLETE), {"mlp": FULL, "cross_entropy": FULL}),
    Case("starter", STARTER, UNTOUCHED),
    Case(
        "starter, its lines commented out",
        STARTER.swap("exercise 2", ("dlogits = None", "# dlogits = None"))
        .swap("exercise 3", ("dhprebn = None", "# dhprebn = None"))
        .swap("exercise 4", (TODO[2:], "  # " + TODO.strip() + "\n"), ("  grads = [", "  #grads = [")),
        UNTOUCHED,
    ),
    Case(
        "starter, ellipsis and nothing more",
        STARTER.swap("exercise 2", ("None", "...")).swap("exercise 3", ("None", "...")).without("exercise 4"),
        UNTOUCHED,
    ),
    Case(
        "starter, a line of None for each",
        STARTER.set("exercise 1", EXERCISE_1_STARTER + "".join(f"\nd{name} = None" for name in NAMES)),
        UNTOUCHED,
    ),
    Case(
        "half done",
        STARTER.set("exercise 1", UP_TO_LOGITS, "mlp"),
        {
            "mlp": Want(missing(*after("logits"))),
            "cross_entropy": NOTHING,
            "batchnorm": NOTHING,
            "training": NOTHING,
        },
    ),
    Case(
        "half done, the rest None",
        STARTER.set("exercise 1", lines(*up_to("h")) + "".join(f"\nd{n} = None # TODO" for n in after("h")), "mlp"),
        {"mlp": Want(missing(*after("h"))), "cross_entropy": NOTHING, "batchnorm": NOTHING},
    ),
    Case(
        "one line only",
        STARTER.set("exercise 1", f"{LINES['logprobs']}\n# to be continued", "mlp"),
        {"mlp": Want(missing(*NAMES[1:])), "training": NOTHING},
    ),
    Case(
        "exercise 1 done",
        FIRST_DONE,
        {"mlp": FULL, "cross_entropy": NOTHING, "batchnorm": NO_PREBN, "training": NOTHING},
    ),
    Case(
        "exercise 1 done, the loop's None commented out",
        FIRST_DONE.swap("exercise 4", (TODO[2:], "  # " + TODO.strip() + "\n"), ("  grads = [", "  #grads = [")),
        {"mlp": FULL, "batchnorm": NO_PREBN, "training": NOTHING},
    ),
    Case(
        "exercise 1 done, the loop's grads still there",
        FIRST_DONE.swap("exercise 4", (TODO[2:], "  # " + TODO.strip() + "\n")),
        {"mlp": FULL, "training": NOTHING},
    ),
    Case(
        "exercises 1 to 3 done",
        COMPLETE.set("exercise 4", STARTER.cells["exercise 4"].text, ""),
        {"mlp": FULL, "cross_entropy": FULL, "batchnorm": FULL, "training": NOTHING},
    ),
    Case(
        "the loop is half done",
        COMPLETE.set(
            "exercise 4",
            STARTER.cells["exercise 4"].text.replace(
                TODO[2:],
                "  dlogits = F.softmax(logits, 1)\n  dlogits[range(n), Yb] -= 1\n  dlogits /= n\n"
                "  dh = dlogits @ W2.T\n  dC = dW1 = None\n",
            ),
            "",
        ),
        {"mlp": FULL, "cross_entropy": FULL, "training": NOTHING},
    ),
    Case("exercise 4 alone", ALONE, {"training": FULL, "mlp": NOTHING}),
    Case(
        "exercise 2 alone",
        COMPLETE.without("exercise 1", "exercise 3", "exercise 4", "calibrate", "evaluate", "sample"),
        {"cross_entropy": FULL, "batchnorm": NOTHING, "training": NOTHING},
    ),
    Case(
        "exercise 3 alone, from autograd's dhpreact",
        BATCHNORM_BY_GRAD,
        {"batchnorm": Want(missing("bngain", "bnbias"))},
    ),
    Case(
        "exercise 2 before exercise 1 is finished",
        SECOND_EARLY.set("exercise 1", exercise_1(*up_to("counts"))).without("exercise 3", "look", "picture"),
        {
            "mlp": Want({**missing(*after("counts")), "dlogits": "right|not_started"}),
            "cross_entropy": FULL,
        },
    ),
    Case(
        "exercise 2 before exercise 1",
        SECOND_EARLY,
        {"mlp": FULL, "cross_entropy": FULL},
    ),
    Case(
        "exercise 1 goes on from exercise 2's line",
        COMPLETE.without("exercise 2", "exercise 4").set("exercise 1", LEANING),
        {"mlp": Want(missing("norm_logits", "logit_maxes"))},
    ),
    Case(
        "wrong in exercise 1, right in exercise 2",
        COMPLETE.set("exercise 1", exercise_1(logits=WRONG_LOGITS)),
        {"mlp": Want({"dlogits": "wrong_values|right"}), "cross_entropy": FULL},
    ),
    Case(
        "right in exercise 1, wrong in exercise 2",
        COMPLETE.swap("exercise 2", ("dlogits /= n\n", "")),
        {"mlp": FULL, "cross_entropy": Want(rest="wrong_values")},
    ),
    Case(
        "wrong in exercise 1, right in exercise 3",
        COMPLETE.set("exercise 1", exercise_1(hprebn="dhprebn = dbndiff + torch.ones_like(hprebn) * dbnmeani")),
        {"mlp": Want({"dhprebn": "wrong_values|right"}), "batchnorm": FULL},
    ),
    Case(
        "right in exercise 1, wrong in exercise 3",
        COMPLETE.swap("exercise 3", ("n/(n-1)*", "n/(n+1)*")),
        {"mlp": FULL, "batchnorm": Want({"dhprebn": "wrong_values"})},
    ),
    Case(
        "everything in one cell",
        Book(
            {
                "imports": COMPLETE.cells["imports"],
                "all": Cell(
                    "\n\n".join(
                        cell.text
                        for tag, cell in COMPLETE.cells.items()
                        if tag
                        in ("words", "vocabulary", "dataset", "cmp", "parameters", "batch", "forward", "exercise 1")
                    ),
                    "mlp",
                ),
            }
        ),
        {"mlp": FULL},
    ),
    Case(
        "forward, backward and comparisons in one cell",
        COMPLETE.without("forward", "exercise 2", "look", "picture", "exercise 3").set(
            "exercise 1",
            f"{COMPLETE.cells['forward'].text}\n\n{lines()}\n{CHECKS}",
        ),
        {"mlp": FULL, "training": FULL},
    ),
    Case(
        "forward with torch.no_grad and dloss",
        COMPLETE.set("forward", "with torch.no_grad():\n" + indent(FORWARD_LINES, "  "))
        .set("exercise 1", "dloss = torch.tensor(1.0)\n" + lines(logprobs=LINES["logprobs"] + "\ndlogprobs *= dloss"))
        .without("exercise 2", "exercise 3", "look", "picture"),
        {"mlp": FULL},
    ),
]
