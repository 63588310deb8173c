"""What a results' folder was begun with: the same hidden cases on every resume and regrade."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.batch.order import Order
from grader.course import decided
from grader.run import GIVEN_SEED

if TYPE_CHECKING:
    from grader.batch.store import Store
    from grader.exercise import Exercise

_SECRET_BITS = 62
"""So many that nobody finds the hidden cases by trying."""

_PASSED_ON = ("batch_size", "isolation", "timeout")


def settle(exercise: Exercise, chosen: dict[str, Any], store: Store) -> Order:
    """The order of this run; its hidden seed is the one given, else the folder's, else a new one."""
    before = store.settings()
    if before.get("exercise") not in (None, exercise.name):
        raise click.UsageError(
            f"{store.directory} holds the grades of {before['exercise']}, not of {exercise.name}: choose another --out"
        )
    hidden = chosen["hidden_seed"]
    if hidden is None:
        hidden = before.get("hidden_seed")
    if not isinstance(hidden, int):
        hidden = secrets.randbits(_SECRET_BITS)
    store.keep_settings({**before, "exercise": exercise.name, "hidden_seed": hidden})
    return Order.of(
        exercise,
        seed=GIVEN_SEED if chosen["seed"] is None else chosen["seed"],
        hidden_seed=hidden,
        names=Path(chosen["names"]).read_text(encoding="utf-8") if chosen["names"] else None,
        criterion=decided(chosen["criterion"], "criterion", [exercise.course], "correct"),
        feedback=decided(chosen["feedback"], "feedback", [exercise.course], "kind"),
        **{name: chosen[name] for name in _PASSED_ON},
    )
