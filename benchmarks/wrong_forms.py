"""Wrong formulations that the package did not draw itself: how many score, and how many right ones do not.

    python benchmarks/wrong_forms.py                                       all exercises, the desk and ten hidden seeds
    python benchmarks/wrong_forms.py --exercise mlp gpt2_block --seeds 3 --jobs 2
    python benchmarks/wrong_forms.py --kind "cut*" --list                  some kinds only, every form with its verdicts

`alterations.py` draws the formulations out of the worked solutions, `second_opinion.py` decides by a comparison of its
own whether each is wrong or a twin of the right one, and `grade` judges them. They run without a sandbox, but for those
in float32: only the sandbox's child changes what `torch.float32` means in every way that can be written.

A training run is cut short, and repeated in full for a wrong form that is accepted.

The exit status is 1 if a wrong form was accepted or a twin rejected, UNDECIDABLE ones aside.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from multiprocessing import get_context
from typing import TYPE_CHECKING

from measurement import Parser

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()
pin_torch()

from alterations import drafts
from second_opinion import Opinion, SecondOpinion
from seeded import SeededGrading, place
from unlocked import UnlockedSandbox

from grader.exercise.shelf import list_exercises, load_exercise
from grader.sandbox.client import Sandbox

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from alterations import Draft

UNDECIDABLE: dict[str, str] = {
    "* differences: fourth order*": "off by 1e-13 where the function is smooth, and 1e-12 is allowed; it gets a note",
    "* stray epsilon: * + 1e-12": "as large as the tolerance, except beside values that are almost zero",
    "layernorm.drstd stray epsilon: dnorm + *": "xshift sums to zero along a row, so a constant changes nothing",
    "linear_relu.dz1 stray epsilon: z1 + 1e-8": "a relu's mask changes only where a value lies between -1e-8 and zero",
    "*.dlogit_maxes threshold: value: *": "the largest of a row of logits is hardly ever negative or beyond 20",
    "*.dlogits threshold: value: logits.clamp(*": "an argmax changes only if two logits of a row are beyond the bound",
    "*bnraw*": "normalized values are beyond 3.4 only in a large batch with one outlier",
    "*norm.dw range: norm *": "normalized values are beyond 2.9 only in a long row with one outlier",
    "mlp.dbnvar threshold: value: * < 20)": "the gradient of a large variance is tiny beside that of a small one",
    "lstm_cell.dg[fiog] threshold: value: *": "far out a gate has no slope: whether a value lies just there is chance",
    "tied_lm.dz threshold: value: *": "far out tanh has no slope: whether a value lies between 6 and 9 is chance",
    "rope.* range: *": "a table of cosines and sines has no value beyond 1",
    "mlp.dbngain threshold: value: *": "gains are about one: where the extreme case is a milder one, none is below -6",
    "mlp.dhpreact threshold: value: *": "far out tanh has no slope: whether a value lies between 6 and 9 is chance",
    "rnn.da? threshold: value: *": "far out tanh has no slope: whether a value lies between 6 and 9 is chance",
    "gru_cell.d[nrz]a threshold: value: *": "far out a gate has no slope: whether a value lies just there is chance",
    "* threshold: value: *_inv*1e-[46]*": "the inverse of a deviation beyond 1e4 or 1e6: the inputs get to 1e3",
    "* threshold: value: *rstd * 1e-[46]*": "the inverse of a deviation beyond 1e4 or 1e6: the inputs get to 1e3",
    "* threshold: value: *rrms * 1e-[46]*": "the inverse of a deviation beyond 1e4 or 1e6: the inputs get to 1e3",
    "*sumexp*": "a sum of exponentials is as small or as large only if a whole row is",
    "masked_cross_entropy.dpicked rows: *": "the row of a letter that does not count is zero anyway",
    "attention.* threshold: value: *": "large weights saturate every softmax, so the extreme case is a mild one here",
    "attention.* range: *": "large weights saturate every softmax, so the extreme case is a mild one here",
    "broadcast.* threshold: value: *": "t is a single number, and b has few: one on each side of a bound is chance",
    "broadcast.* range: *": "t is a single number, and c has few: one beyond a bound is chance",
    "conv2d.dcols range: wmat*": "the weights of the extreme case stay below four times the largest given one",
    "maxpool.dflat threshold: value: *": "a maximum changes only if two values of a window are beyond the bound",
    "micrograd.* threshold: value: *": "a single number in each of four cases: one on each side of a bound is chance",
    "micrograd.* threshold: result: *": "a single number in each of four cases: one on each side of a bound is chance",
    "micrograd.* range: *": "a single number in each of four cases: one on each side of a bound is chance",
    "*training.* range: *": "no cotangent scales the gradients of a training run",
    "*training.* threshold: *": "no cotangent scales the gradients of a training run",
    "training.db1 *": "the gradient of b1 is zero up to rounding: any value as small trains the same network",
    "gpt2_block.dfc[bw] float32: a table of ones *": "the comparison goes beyond the 1024 rows of the table",
}
"""Forms that may be accepted or rejected: a pattern of `exercise.gradient kind: note`, and the reason."""

FEW_SEEDS = 1
"""Hidden seeds for forms in float32: the real sandbox takes 70 ms for each, and dtypes decide there, not the draw. And
for what is far off on the given case, which is the same under every seed."""
QUICK = ["linear_relu"]
"""The exercises of the quick form."""
CHUNKS = 3
"""How an exercise's gradients are dealt out to processes. All forms of one stay together: they share its references."""


@dataclass(frozen=True, slots=True)
class Result:
    """One form, what it is, and whether it was accepted: at the desk, then under each hidden seed."""

    exercise: str
    gradient: str
    kind: str
    note: str
    opinion: Opinion
    accepted: tuple[bool, ...]

    @property
    def name(self) -> str:
        """What UNDECIDABLE's patterns are compared with."""
        return f"{self.exercise}.{self.gradient} {self.kind}: {self.note}"

    @property
    def reason(self) -> str | None:
        """Why nobody can decide about it, if so."""
        return next((reason for pattern, reason in UNDECIDABLE.items() if fnmatchcase(self.name, pattern)), None)

    @property
    def faults(self) -> list[str]:
        """Where it was accepted although it is wrong, or rejected although it is right."""
        if self.opinion is Opinion.UNDECIDED:
            return []
        fault = self.opinion is Opinion.WRONG
        return [place(number) for number, accepted in enumerate(self.accepted) if accepted is fault]


class Examiner:
    """Decides about the drafts of one exercise, and grades them."""

    def __init__(self, name: str, options: argparse.Namespace) -> None:
        self.exercise, self.options = load_exercise(name), options
        self.opinion = SecondOpinion(self.exercise)

    def drafts(self) -> list[Draft]:
        """What there is to grade, of the kinds that were asked for."""
        found = drafts(self.exercise, self.opinion, self.options.most)
        return [draft for draft in found if fnmatchcase(draft.kind, self.options.kind)]

    def result(self, draft: Draft) -> Result:
        """Decide about a draft, and grade it under every seed."""
        opinion = self.opinion.of(draft)
        grading = self._locked if self.options.sandbox or draft.narrow else self._unlocked
        few = draft.narrow or self.opinion.is_obvious(draft)
        seeds = min(self.options.seeds, FEW_SEEDS) if few else self.options.seeds
        accepted = grading.accepted(draft.form, range(seeds + 1), whole=opinion is Opinion.WRONG)
        return Result(self.exercise.name, draft.gradient, draft.kind, draft.note, opinion, accepted)

    def close(self) -> None:
        """End the sandbox, if one was started."""
        if "_sandbox" in self.__dict__:
            self._sandbox.close()

    @cached_property
    def _sandbox(self) -> Sandbox:
        return Sandbox()

    @cached_property
    def _locked(self) -> SeededGrading:
        return SeededGrading(self.exercise, self._sandbox)

    @cached_property
    def _unlocked(self) -> SeededGrading:
        return SeededGrading(self.exercise, UnlockedSandbox())


def examine(name: str, part: int, options: argparse.Namespace) -> list[Result]:
    """One part of an exercise's drafts, in a process of its own."""
    warnings.simplefilter("ignore")
    examiner = Examiner(name, options)
    try:
        mine = examiner.exercise.gradients[part::CHUNKS]
        return [examiner.result(draft) for draft in examiner.drafts() if draft.gradient in mine]
    finally:
        examiner.close()


def results(names: Iterable[str], options: argparse.Namespace) -> Iterator[Result]:
    """Everything, exercise by exercise and part by part, however many processes there are."""
    chunks = [(name, part) for name in names for part in range(CHUNKS)]
    done: dict[tuple[str, int], list[Result]] = {}
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        running = {pool.submit(examine, name, part, options): (name, part) for name, part in chunks}
        for future in as_completed(running):
            done[running[future]] = future.result()
            print(f"\r{len(done)} of {len(chunks)} parts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for chunk in chunks:
        yield from done[chunk]


def table(found: list[Result]) -> None:
    """Print the counts by kind."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for result in found:
        for count in (kinds[result.kind], kinds["all"]):
            count["forms"] += 1
            count[result.opinion] += 1
            wrong, faults = result.opinion is Opinion.WRONG, [] if result.reason else result.faults
            count["at desk"] += wrong and "desk" in faults
            count["under a seed"] += wrong and faults not in ([], ["desk"])
            count["twins out"] += not wrong and bool(faults)
            count["varies"] += len(set(result.accepted)) > 1
            count["undecidable"] += bool(result.reason and result.faults)
    columns = ["forms", *Opinion, "at desk", "under a seed", "twins out", "varies", "undecidable"]
    print(f"{'kind':<24}" + "".join(f"{column:>13}" for column in columns))
    for kind in [*sorted(kinds.keys() - {"all"}), "all"]:
        print(f"{kind:<24}" + "".join(f"{kinds[kind][column]:>13}" for column in columns))
    print("\nat desk, under a seed: wrong forms accepted there; twins out: right forms rejected anywhere")


def faults(found: list[Result]) -> int:
    """Print every wrong form that was accepted and every twin that was rejected; how many of them count."""
    counted = 0
    for result in found:
        if result.faults:
            what = "accepted" if result.opinion is Opinion.WRONG else "twin rejected"
            where = "everywhere" if len(result.faults) == len(result.accepted) else ", ".join(result.faults)
            print(f"{what} {where}: {result.name}" + (f" ({result.reason})" if result.reason else ""))
            counted += result.reason is None
    return counted


def without_layers() -> list[str]:
    """All exercises but layers, whose functions the sandbox of this benchmark does not call with a cache."""
    return [name for name in list_exercises() if load_exercise(name).kind != "layer"]


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--exercise", nargs="+", metavar="NAME", help="default: all of them")
    parser.add_argument("--kind", default="*", help="a pattern of kinds, such as 'cut*'")
    parser.add_amount("--seeds", full=10, quick=1, what="hidden seeds, besides the desk")
    parser.add_amount("--most", full=8, quick=1, what="forms of each kind and gradient; 0 for all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--sandbox", action="store_true", help="grade everything in the real sandbox")
    parser.add_argument("--list", action="store_true", help="print every form and what it came to")
    options, measured = parser.begin()
    start = time.perf_counter()
    found = list(results(options.exercise or (QUICK if options.quick else without_layers()), options))
    if options.list:
        for result in found:
            signs = "".join("+" if accepted else "-" for accepted in result.accepted)
            print(f"{result.opinion:<10} {signs} {result.name}")
    counted = faults(found)
    table(found)
    print(f"{counted} faults, {time.perf_counter() - start:.0f} s")
    for name, opinion in (("wrong forms", Opinion.WRONG), ("twins of right ones", Opinion.TWIN)):
        measured.figure(name, sum(result.opinion is opinion for result in found), "forms")
    measured.figure("wrong forms accepted or twins rejected", counted, "forms")
    measured.figure("listed as undecidable", sum(bool(result.reason and result.faults) for result in found), "forms")
    measured.end()
    sys.exit(1 if counted else 0)


if __name__ == "__main__":
    main()
