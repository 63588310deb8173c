"""How well mistakes are named: over the labeled catalogues, and over automatic changes that nobody tuned for.

    python benchmarks/diagnosis.py table [EXERCISE ...]           by kind, over solutions/*/wrong
    python benchmarks/diagnosis.py mutants --count 500 [--seed N]   of solutions and right forms; the seed is printed
    python benchmarks/diagnosis.py slips --count 400 [--seed N]     what people write wrong, drawn by `slips.py`

The forms are the project's own and run without a sandbox, except for layers, whose passes only a child can make.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import random
import secrets
import statistics
import time
import warnings
from collections import Counter, defaultdict
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from measurement import Parser

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()
pin_torch()

import torch
from slips import Scene, drawn_slips
from unlocked import UnlockedSandbox, UnlockedSession

from grader.authoring.mutants import Mutant, Original, mutants
from grader.diagnosis.diagnose import DiagnosisFailed, explain
from grader.exercise.case import Case, build_cases
from grader.exercise.catalogue import right_forms, solution_file, wrong_forms
from grader.exercise.dtypes import is_floating
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.grading import gradients, layer
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox
from grader.sandbox.types import Returned
from grader.verdict.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from measurement import Measurement

    from grader.diagnosis.kinds import Diagnosis
    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Outcome, Question
    from grader.verdict.evidence import Judgment

NAMES_ITSELF = ("raised", "wrong_type", "not_started", "unknown_parameter", "timed_out", "killed", "refused")
"""Verdicts that say what is wrong; there is no tensor to explain."""
SAYS_NOTHING = ("wrong_values", "non_finite")
"""Verdicts of a layer's row that leave open what is wrong; the sentence of any other says it."""


# running a form


class NotingSession(UnlockedSession):
    """Says which arguments a call changed in place, as the locked child does."""

    def _answer(self, question: Question) -> Outcome:
        pool = self._pools.get(question.values, {})
        given = {name: pool[name] for name in question.from_values} | question.given
        lent = {name: v.clone() if isinstance(v, torch.Tensor) else v for name, v in given.items()}
        module = self._modules[question.dtype]
        function = module[question.function]
        module["_lent"] = lambda **_: function(**lent)
        outcome = super()._answer(replace(question, function="_lent", values="", from_values=(), given={}))
        if not isinstance(outcome, Returned):
            return outcome
        tensors = {name: v for name, v in given.items() if isinstance(v, torch.Tensor)}
        return replace(outcome, mutated=tuple(n for n, v in tensors.items() if not torch.equal(lent[n], v)))


class NotingSandbox(UnlockedSandbox):
    """Opens such sessions."""

    def open(self, files: Mapping[str, bytes], *asked: object) -> UnlockedSession:
        plain = super().open(files, *asked)
        return NotingSession(plain.reading.file, plain.code, plain.reading.functions)


@dataclass(frozen=True)
class Answer:
    """What came of one wrong gradient."""

    name: str
    verdict: str
    diagnosis: Diagnosis | None
    seconds: float
    evidence: Evidence
    judgment: Judgment
    exercise: Exercise
    problem: str | None = None
    """The verdict's own sentence."""

    @property
    def says_itself(self) -> bool:
        """Whether the verdict says what is wrong, and no diagnosis needs to."""
        known = self.diagnosis is not None and str(self.diagnosis.kind) != "unknown"
        return self.verdict in NAMES_ITSELF or (
            self.exercise.is_layer and not known and self.verdict not in SAYS_NOTHING
        )

    @property
    def only_child_is_loss(self) -> bool:
        """Whether nothing but the loss reads the variable."""
        return self.exercise.children(self.name[1:]) == ("loss",)

    @property
    def local(self) -> bool:
        """Whether the function goes one step of the chain rule."""
        return bool({*self.evidence.depends_on} & {*self.exercise.children(self.name[1:])})


class Explainer:
    """Grades one gradient of a form and explains it."""

    def __init__(self, exercise: Exercise, fresh: int | None = None) -> None:
        self.exercise = exercise
        self.cases = build_cases(exercise, LECTURE_SEED if fresh is None else fresh, hidden_seed=fresh)
        locked = Sandbox(imports=exercise.rules.imports) if exercise.is_layer else None
        self._sandbox: Any = locked.__enter__() if locked else NotingSandbox()
        gc.collect()
        gc.freeze()  # as `grade` does when it has loaded everything

    def answer(self, source: str, name: str) -> Answer:
        """The row's verdict and diagnosis."""
        seen: list[tuple[Evidence, Judgment]] = []

        def watch(evidence: Evidence, judgment: Judgment, _: Cases) -> None:
            seen.append((evidence, judgment))

        submission = Submission("form", Path("form"), {"backward.py": source.encode()})
        with mock.patch.object(layer if self.exercise.is_layer else gradients, "explain", watch):
            work = start_grading(self.exercise, submission, self._sandbox, Settings(only=(name,)), self.cases)
            row = work.row(name)
            work.close()
        evidence, judgment = seen[-1] if seen else (Evidence(name), None)  # nothing to explain
        start = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("error", DiagnosisFailed)
            diagnosis = explain(evidence, judgment, self.cases) if judgment else None
        taken, problem = time.process_time() - start, row.problem
        return Answer(name, str(row.verdict), diagnosis, taken, evidence, judgment, self.exercise, problem)


# the labeled catalogue

WHY_ALSO = """Labels and names that say the same of one mistake ("also" in the tables):
  wrong_operand = wrong_power           a power of the right value is another value in its place
  wrong_path, fused_term, softmax_jacobian: any kind   one share or term is wrong; the name says what is wrong with it
  negated_path = sign, doubled_path = constant_factor (2)      one share, or the only one
  missing_path = other_gradient, fused_term, softmax_jacobian  a line left out on the way back, or a term of a form
  upstream_unused = upstream_only       where the only child is the loss, whose own derivative is what comes from above
  wrong_index = permuted = transposed   the right numbers in other places, by an index or by the order of dimensions
  wrong_axis = constant_factor          divided by another size
  zeros = null_gradient                 where the true gradient is null
  float32_pinned: any kind              the twin of another mistake, written in float32; the name is that mistake's
"""
PAIRS = {
    frozenset(pair)
    for pair in (
        ("wrong_operand", "wrong_power"),
        ("negated_path", "sign"),
        ("doubled_path", "constant_factor"),
        ("missing_path", "other_gradient"),
        ("missing_path", "fused_term"),
        ("missing_path", "softmax_jacobian"),
        ("fused_term", "softmax_jacobian"),
        ("upstream_unused", "upstream_only"),
        ("wrong_index", "permuted"),
        ("wrong_index", "transposed"),
        ("permuted", "transposed"),
        ("wrong_axis", "constant_factor"),
        ("zeros", "null_gradient"),
    )
}


def agrees(label: str, diagnosis: Diagnosis, answer: Answer) -> bool:
    """Whether a name says what a label says in other words."""
    kind, evidence = str(diagnosis.kind), diagnosis.evidence
    if kind == "unknown":
        return False
    if {label, kind} == {"doubled_path", "constant_factor"}:
        return evidence.get("factor") == "2"
    if {label, kind} == {"upstream_unused", "upstream_only"}:
        return answer.only_child_is_loss
    terms = bool(evidence.get("fused")) or not answer.local or kind == "hard_coded"
    return (
        frozenset((label, kind)) in PAIRS
        or (label == "wrong_path" and ("one_share" in evidence or "shares" in evidence or terms))
        or (label in ("fused_term", "softmax_jacobian") and terms)
        or label == "float32_pinned"
    )


@dataclass
class Tally:
    """One line of the table."""

    total: int = 0
    same: int = 0
    also: int = 0
    unknown: int = 0
    other: int = 0

    def count(self, label: str, answer: Answer) -> str:
        """Count one answer; says under which head."""
        self.total += 1
        diagnosis = answer.diagnosis
        if diagnosis is None or (str(diagnosis.kind) == "unknown" and label != "unknown"):
            head = "unknown"
        elif str(diagnosis.kind) == label:
            head = "same"
        else:
            head = "also" if agrees(label, diagnosis, answer) else "other"
        setattr(self, head, getattr(self, head) + 1)
        return head


def table(names: list[str], measured: Measurement, *, verbose: bool) -> None:
    """Over the labeled catalogue: the same kind, another word for it, unknown, another name."""
    everything, seconds = Tally(), []
    for group in (["mlp"] if "mlp" in names else [], [n for n in names if n != "mlp"]):
        if group:
            tallies, listed = _table_of(group, verbose=verbose)
            everything = _sum([everything, *tallies.values()])
            seconds += [taken for taken, _ in listed.seconds]
    measured.figure("mistakes", everything.total, "mistakes")
    measured.figure("named rightly", 100 * (everything.same + everything.also) / everything.total, "%")
    measured.figure("unknown", 100 * everything.unknown / everything.total, "%")
    measured.figure("another name", 100 * everything.other / everything.total, "%")
    measured.figure("processor time, mean", 1000 * statistics.fmean(seconds), "ms")
    measured.figure("processor time, longest", 1000 * max(seconds), "ms")


def _sum(tallies: Iterable[Tally]) -> Tally:
    return Tally(*map(sum, zip(*map(astuple, tallies), strict=True)))


@dataclass
class Listed:
    """What a table says below its lines."""

    seconds: list[tuple[float, str]]
    itself: Counter[str]
    accepted: list[str]
    rest: list[tuple[str, str, str | None]]


def count_catalogue(names: list[str], *, verbose: bool = False) -> tuple[dict[str, Tally], Listed]:
    """Explain every labeled mistake of some exercises and count by label."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    listed = Listed([], Counter(), [], [])
    for exercise in map(load_exercise, names):
        explainer = Explainer(exercise) if exercise.kind in ("gradients", "layer") else None
        for form in wrong_forms(exercise) if explainer else ():
            for gradient in form.gradients:
                answer = explainer.answer(form.source, gradient)
                place = f"{exercise.name}/{form.place} {form.kind} -- {form.note}"
                _count(answer, form.kind or "", place, tallies, listed, verbose=verbose)
    return tallies, listed


def _count(answer: Answer, label: str, place: str, tallies: dict[str, Tally], listed: Listed, *, verbose: bool) -> None:
    if answer.verdict not in ("correct", "exact") and answer.says_itself:
        listed.itself[answer.verdict] += 1
        if verbose:
            listed.rest.append((answer.verdict, place, answer.problem))
    elif answer.verdict in ("correct", "exact"):
        listed.accepted.append(place)
    else:
        head = tallies[label].count(label, answer)
        listed.seconds.append((answer.seconds, place))
        if head in ("unknown", "other") or verbose:
            said = f"{answer.diagnosis.kind}: {answer.diagnosis.message}" if answer.diagnosis else "nothing"
            listed.rest.append((head, place, said))


def _table_of(names: list[str], *, verbose: bool) -> tuple[dict[str, Tally], Listed]:
    tallies, listed = count_catalogue(names, verbose=verbose)
    _print_tallies(", ".join(names), tallies)
    print(f"    verdicts that name it themselves: {dict(listed.itself)}; accepted: {len(listed.accepted)}")
    _print_seconds(listed.seconds)
    for head, place, said in listed.rest:
        print(f"  {head:8} {place}\n           {said}")
    return tallies, listed


def _print_tallies(title: str, tallies: dict[str, Tally]) -> None:
    print(f"\n{title}\n    {'label':18}{'all':>6}{'same':>6}{'also':>6}{'unknown':>9}{'other':>7}")
    for label in sorted(tallies):
        t = tallies[label]
        print(f"    {label:18}{t.total:6}{t.same:6}{t.also:6}{t.unknown:9}{t.other:7}")
    total, same, also, unknown, other = astuple(_sum(tallies.values()))
    print(f"    {'all':18}{total:6}{same:6}{also:6}{unknown:9}{other:7}")
    print(f"    named rightly {(same + also) / max(1, total):.1%}, another name {other / max(1, total):.1%}")


def _print_seconds(seconds: list[tuple[float, str]]) -> None:
    if seconds:
        times = sorted(1e3 * t for t, _ in seconds)
        slowest, where = max(seconds)
        print(
            f"    processor time: mean {sum(times) / len(times):.1f} ms, median {times[len(times) // 2]:.1f} ms, "
            f"95 % below {times[int(0.95 * (len(times) - 1))]:.0f} ms, over 50 ms: {sum(t > 50 for t in times)} "
            f"of {len(times)}, slowest {1e3 * slowest:.0f} ms ({where})"
        )


# mutants and slips


def forms_of(exercise: Exercise) -> Iterator[ast.FunctionDef]:
    """Every right function of an exercise: those of the worked solution and of the right forms."""
    solution = solution_file(exercise).read_text(encoding="utf-8")
    yield from _functions(solution, exercise.gradients)
    for form in right_forms(exercise):
        if form.source.startswith(solution):
            yield from _functions(form.source[len(solution) :], form.gradients)


def _functions(source: str, names: tuple[str, ...]) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            yield node


def originals(exercise: Exercise) -> Iterator[Original]:
    """Every right function, ready to be changed: with the solution's imports and helpers.

    The last draw has sizes that were drawn before: what a function kept from an earlier call shows there.
    """
    module: dict[str, Any] = {}
    exec(solution_file(exercise).read_text(encoding="utf-8"), module)
    draws = [draw(exercise, sizes, seed) for seed, sizes in enumerate([*exercise.sizes, *exercise.sizes[:1]])]
    for function in forms_of(exercise):
        yield Original(function, module, draws, _close_names(exercise, function.name))


def draw(exercise: Exercise, sizes: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Arguments that have the shapes of a case's values and nothing else in common with them.

    No identity between forward values, which a rewritten formula may rest on, can hide a change, and none can fake one.
    """
    case, g = Case(exercise, LECTURE_SEED + seed, sizes), torch.Generator().manual_seed(seed)
    found: dict[str, Any] = {}
    for name, value in case.graph.values.items():
        if is_floating(value):
            found[name] = torch.rand(value.shape, generator=g, dtype=torch.float64) + 0.5
            found[f"d{name}"] = torch.randn(value.shape, generator=g, dtype=torch.float64)
        else:
            found[name] = value
    return found


@dataclass(frozen=True)
class Drawn:
    """One mutant or slip with what came of it."""

    exercise: str
    mutant: Mutant
    answer: Answer
    again: Diagnosis | None
    """The diagnosis on cases of other seeds and sizes."""

    @property
    def place(self) -> str:
        """Where it is and what it is, in one line."""
        return f"{self.exercise}::{self.answer.name} {self.mutant.operator}: {_one_line(self.mutant.change)}"

    def as_dict(self) -> dict[str, str]:
        """What a person needs to judge the message."""
        said = self.answer.diagnosis
        return {
            "exercise": self.exercise,
            "gradient": self.answer.name,
            "operator": self.mutant.operator,
            "change": self.mutant.change,
            "source": self.mutant.source,
            "verdict": str(self.answer.verdict),
            "kind": str(said.kind) if said else "",
            "message": said.message if said else "",
            "kind on fresh cases": str(self.again.kind) if self.again else "",
        }


def mutant_streams(exercise: Exercise, rng: random.Random) -> list[Iterator[Mutant]]:
    """Mutants, a stream for each form."""
    return [mutants(original, random.Random(rng.random())) for original in originals(exercise)]


def slip_streams(exercise: Exercise, rng: random.Random) -> list[Iterator[Mutant]]:
    """Slips, one stream for all forms, in which every operator has the same chance."""
    given = Case(exercise, LECTURE_SEED, {}).graph.values
    scenes = [Scene(exercise, original, given) for original in originals(exercise)]
    return [drawn_slips(scenes, random.Random(rng.random()))]


STREAMS = {"mutants": mutant_streams, "slips": slip_streams}


def draw_changes(part: str, names: list[str], count: int, seed: int, *, again: bool = True) -> Iterator[Drawn]:
    """Mutants or slips drawn evenly: first a stream, then one of its changes; those with a name are tried `again`."""
    rng = random.Random(seed)
    sources: list[tuple[Explainer, Explainer | None, Iterator[Mutant]]] = []
    for name in names:
        exercise = load_exercise(name)
        if exercise.kind == "gradients":
            explainer, fresh = Explainer(exercise), Explainer(exercise, fresh=seed & 0x7FFFFFFF) if again else None
            sources += [(explainer, fresh, stream) for stream in STREAMS[part](exercise, rng)]
    while count and sources:
        position = rng.randrange(len(sources))
        explainer, fresh, stream = sources[position]
        mutant = next(stream, None)
        if mutant is None:
            sources.pop(position)
            continue
        solution = solution_file(explainer.exercise).read_text(encoding="utf-8")
        source = f"{solution}\n\n{mutant.source}\n"
        answer = explainer.answer(source, mutant.function)
        count -= 1
        named = fresh is not None and _head(answer) == "named"
        yield Drawn(
            explainer.exercise.name, mutant, answer, fresh.answer(source, mutant.function).diagnosis if named else None
        )


def _close_names(exercise: Exercise, function: str) -> list[str]:
    """Names a learner may mistake one for: values and gradients of the lines around."""
    variable = function[1:]
    lines = [
        *exercise.readers.get(variable, ()),
        *([exercise.producer[variable]] if variable in exercise.producer else []),
    ]
    values = dict.fromkeys(n for line in lines for n in (*line.reads, *line.outputs) if n != "loss")
    below = [f"d{v}" for v in exercise.downstream(variable) if v in values]
    return [*values, *below]


def change_table(names: list[str], seed: int, options: argparse.Namespace, measured: Measurement) -> None:
    """How many mutants or slips are named, by operator; the first `show` named ones are listed to be read."""
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    kinds, seconds, listed, agreed = Counter[str](), [], 0, 0
    for drawn in draw_changes(options.part, names, options.count, seed):
        answer = drawn.answer
        head = _head(answer)
        heads[drawn.mutant.operator][head] += 1
        heads["all"][head] += 1
        kinds[str(answer.diagnosis.kind) if answer.diagnosis else answer.verdict] += 1
        if answer.diagnosis is not None:
            seconds.append((answer.seconds, drawn.place))
        agreed += head == "named" and drawn.again is not None and drawn.again.kind == answer.diagnosis.kind
        if head == "named" and listed < options.show:
            listed += 1
            print(f"{listed:4} {drawn.place}")
            print(f"     {answer.diagnosis.kind}: {answer.diagnosis.message}" if answer.diagnosis else "")
        if head == "unknown" and options.show:
            print(f"   ? {drawn.place}\n       " + drawn.mutant.source.replace("\n", "\n       "))
        if options.list:
            print(json.dumps(drawn.as_dict()), file=options.list, flush=True)
    tested = _print_heads(heads, seed)
    every = heads["all"]
    print(f"    the same kind on cases of other seeds and sizes: {agreed}/{every['named']}")
    print(f"    kinds: {dict(kinds.most_common())}")
    _print_seconds(seconds)
    measured.figure(f"{options.part} with a tensor to explain", tested, options.part)
    measured.figure("named by a verified identity", 100 * every["named"] / max(1, tested), "%")
    measured.figure("the same kind on fresh cases", 100 * agreed / max(1, every["named"]), "%")


def _print_heads(heads: Mapping[str, Counter[str]], seed: int) -> int:
    print(f"\nseed {seed}\n    {'operator':24}" + "".join(f"{h:>10}" for h in HEADS))
    for operator in [*sorted(heads.keys() - {"all"}), "all"]:
        print(f"    {operator:24}" + "".join(f"{heads[operator][h]:10}" for h in HEADS))
    every = heads["all"]
    tested = every["named"] + every["unknown"]
    print(f"    named by a verified identity: {every['named']}/{tested} = {every['named'] / max(1, tested):.1%}")
    return tested


HEADS = ("named", "unknown", "no tensor", "not finite", "accepted")


def _head(answer: Answer) -> str:
    if answer.verdict in NAMES_ITSELF:
        return "no tensor"
    if answer.verdict in ("correct", "exact"):
        return "accepted"
    if answer.verdict == "non_finite":
        return "not finite"
    return "unknown" if answer.diagnosis is None or str(answer.diagnosis.kind) == "unknown" else "named"


def _one_line(text: str) -> str:
    return " ".join(text.split())


PARTS = ("table", "mutants", "slips")
QUICK = ["linear_relu"]
"""The exercises of the quick form."""


def main() -> None:
    parser = Parser(__doc__, PARTS)
    parser.add_argument("exercises", nargs="*")
    parser.add_amount("--count", full=500, quick=5, what="how many mutants or slips")
    parser.add_argument("--seed", type=int, help="of the mutants or slips (default: a random one)")
    parser.add_argument("--show", type=int, default=0, help="list so many named ones, and all unknown ones")
    parser.add_argument("--list", type=argparse.FileType("w"), metavar="FILE", help="write each as a line of JSON")
    parser.add_argument("--verbose", action="store_true", help="list every answer")
    options, measured = parser.begin()
    names = options.exercises or (QUICK if options.quick else list_exercises())
    if options.part == "table":
        print(WHY_ALSO)
        table(names, measured, verbose=options.verbose)
    else:
        seed = secrets.randbits(31) if options.seed is None else options.seed
        change_table(names, seed, options, measured)
    measured.end()


if __name__ == "__main__":
    main()
