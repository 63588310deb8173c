"""What each generator of explanations is worth: what only it names, what it names otherwise than its label, its cost.

    python benchmarks/generators.py [EXERCISE ...] [--count 800] [--seed N]

Over the labeled mistakes of the catalogues and over mutants and slips, half of `--count` each. A generator is what a
report's explanation says has been done: one kind of changed formula, or one identity between the whole answer and the
right gradient. Every explained answer is explained once more without its generator: "only it" means that nothing else
explains it, "another" that something else does. "Other label" counts labeled mistakes whose label says something else.
The cost is the share of all operations that a generator's candidates take, whether or not they are found.

The table is Markdown, for docs/diagnosis.md.
"""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest import mock

from diagnosis import NAMES_ITSELF, Explainer, agrees, draw_changes
from measurement import Parser

from grader.diagnosis import diagnose, search, sentences, whole_answer
from grader.exercise.catalogue import wrong_forms
from grader.exercise.shelf import list_exercises, load_exercise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnosis import Answer

    from grader.diagnosis.candidates.change import Change
    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.phrases import Phrase

STEPS: dict[str, tuple[tuple[object, str], ...]] = {
    "weights": ((diagnose, "weighed"), (diagnose, "chains")),
    "powers": ((diagnose, "_ratios"),),
    "sibling": ((diagnose, "_of_siblings"), (diagnose, "of_a_sibling")),
    "right_for_ones": ((diagnose, "taken_for_ones"),),
    "cut": ((diagnose, "partly_right"),),
    "constant_added": ((diagnose, "partly_right"),),
    "step_of_layer": ((diagnose, "one_step"),),
    "gradient_of_another": ((whole_answer, "of_another"),),
    "one_change_of_form": ((diagnose, "closed"),),
    **dict.fromkeys(
        ("whole_summed_too_far", "whole_averaged", "whole_reordered", "gaps", "another_mask"),
        ((diagnose, "rearranged"),),
    ),
}
"""The functions that find an explanation without a changed formula, by its key; `whole` finds all others."""
WHOLE = ((whole_answer, "whole"),)


def generator_of(phrase: Phrase) -> str:
    """The key of a phrase, or of the phrase that it is about."""
    while "change" in phrase.fields:
        phrase = phrase.fields["change"]
    return phrase.key


@dataclass
class Generator:
    """What came of one generator."""

    labeled: int = 0
    drawn: int = 0
    only: int = 0
    another: int = 0
    other_label: int = 0
    operations: int = 0


@dataclass
class Generators:
    """Counts what each generator names, and switches one off."""

    known: dict[str, Generator] = field(default_factory=dict)
    off: str = ""
    last: Explanation | None = None

    def of(self, key: str) -> Generator:
        """The counts of one generator."""
        return self.known.setdefault(key, Generator())

    def without_it(self, found: Iterable[Change], facts: Facts) -> Iterator[Change]:
        """The candidates of all generators but the one that is off; counts the operations of each."""
        for change in found:
            key = generator_of(change.phrase)
            if key != self.off:
                before = facts.answer.probe.numbers.computed
                yield change
                if not self.off:
                    self.of(key).operations += facts.answer.probe.numbers.computed - before

    @contextmanager
    def watching(self) -> Iterator[None]:
        """See every candidate and every explanation."""
        cheapest, told = search._cheapest, sentences.told  # noqa: SLF001 where every candidate passes

        def wanted(found: Iterable[Change], targets: object, facts: Facts, best: object) -> object:
            return cheapest(self.without_it(found, facts), targets, facts, best)

        def heard(answer: object, found: Explanation) -> object:
            self.last = found
            return told(answer, found)

        with mock.patch.object(search, "_cheapest", wanted), mock.patch.object(sentences, "told", heard):
            yield

    def count(self, answer: Answer, explainer: Explainer, label: str = "") -> None:
        """Count one explained answer, and explain it again without its generator."""
        found, self.last = self.last, None
        if found is None or answer.diagnosis is None:
            return
        phrase = found.fields.get("change")
        key = found.key if phrase is None else generator_of(phrase)
        one = self.of(key)
        one.labeled += bool(label)
        one.drawn += not label
        one.other_label += (
            bool(label) and label != answer.diagnosis.kind and not agrees(label, answer.diagnosis, answer)
        )
        self._again(key, answer, explainer, by_step=phrase is None)
        one.only += self.last is None
        one.another += self.last is not None
        self.last = None

    def _again(self, key: str, answer: Answer, explainer: Explainer, *, by_step: bool) -> None:
        off = STEPS.get(key, WHOLE) if by_step else ()
        patches = [mock.patch.object(module, name, return_value=None) for module, name in off]
        self.off = "" if by_step else key
        for patch in patches:
            patch.start()
        diagnose.explain(answer.evidence, answer.judgment, explainer.cases)
        for patch in patches:
            patch.stop()
        self.off = ""


def counted(names: list[str], count: int, seed: int) -> Generators:
    """All generators, over the catalogues and over drawn changes."""
    found = Generators()
    with found.watching():
        for exercise in map(load_exercise, names):
            explainer = Explainer(exercise) if exercise.kind == "gradients" else None
            for form in wrong_forms(exercise) if explainer else ():
                for gradient in form.gradients:
                    answer = explainer.answer(form.source, gradient)
                    if answer.verdict not in NAMES_ITSELF:
                        found.count(answer, explainer, form.kind or "unknown")
        for part in ("mutants", "slips"):
            explainers: dict[str, Explainer] = {}
            for drawn in draw_changes(part, names, count // 2, seed, again=False):
                if drawn.exercise not in explainers:
                    explainers[drawn.exercise] = Explainer(load_exercise(drawn.exercise))
                found.count(drawn.answer, explainers[drawn.exercise])
    return found


def print_table(found: Generators) -> None:
    """By generator, those that most depends on first."""
    total = sum(one.operations for one in found.known.values()) or 1
    print("| generator | labeled | drawn | only it | another | other label | operations |")
    print("|---|---|---|---|---|---|---|")
    for key, one in sorted(found.known.items(), key=lambda pair: (-pair[1].only, -pair[1].another, pair[0])):
        print(
            f"| {key.replace('_', ' ')} | {one.labeled} | {one.drawn} | {one.only} | {one.another} | {one.other_label} "
            f"| {one.operations / total:.1%} |"
        )


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("exercises", nargs="*")
    parser.add_amount("--count", full=800, quick=6, what="how many mutants and slips")
    parser.add_argument("--seed", type=int, help="of the mutants and slips (default: a random one)")
    options, measured = parser.begin()
    names = options.exercises or (["linear_relu"] if options.quick else list_exercises())
    seed = secrets.randbits(31) if options.seed is None else options.seed
    found = counted(names, options.count, seed)
    print(f"seed {seed}\n")
    print_table(found)
    idle = Counter(one.only > 0 for one in found.known.values())
    measured.figure("generators that alone name something", idle[True], "generators")
    measured.figure("generators that name nothing alone", idle[False], "generators")
    measured.end()


if __name__ == "__main__":
    main()
