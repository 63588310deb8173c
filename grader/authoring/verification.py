"""Verification of exercises: stubs fail, solutions pass, correct variants are accepted, mistakes rejected."""

from __future__ import annotations

import ast
import platform
import time
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from grader.authoring.checks import kinks_met
from grader.authoring.further_sizes import FurtherSizes
from grader.authoring.mutants import mutants_of
from grader.authoring.side_by_side import side_by_side
from grader.exercise.case import build_cases
from grader.exercise.catalogue import Form, right_forms, solution_file, wrong_forms
from grader.exercise.forward import BrokenExercise, find_function
from grader.exercise.settings import Settings
from grader.exercise.sizes import exceeding, smaller, straddling_faults
from grader.exercise.stubs import function_names
from grader.grading.grading import start_grading
from grader.grading.submission import Submission, UnreadableSubmission, read_submission
from grader.sandbox.limits import SUBMISSION_SECONDS
from grader.sandbox.numerics import MEASURED_MACHINES
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.authoring.side_by_side import Group
    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.grading.grading import Grading
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox


SLOW = 0.25
"""The share of the time limit that a worked solution should stay below: a learner's code, or a computer, is slower."""
_HINTS = "write them into exercise.toml; until then, `grade hint` shows the chain rule"
_SIZES = (
    "write SIZES in forward.py, with a case in which it is larger than all given sizes and one in which it is smaller"
)
_RIGHT = "a right form is linear in its upstream gradients and takes every size from a shape; correct it, or remove it"
_WRONG = (
    "it is right in every case: remove it if it is no mistake; else draw inputs, or add a case to SIZES, where it shows"
)
_MUTANTS = (
    "some compute the same in another way, as where a gradient is always 1; for the others, draw inputs, or add a case "
    "to SIZES, where the change shows"
)
_SLOW = "make the given sizes smaller in inputs(), and those in SIZES; then grading takes less time"

_COSTLY = (Verdict.TIMED_OUT, Verdict.KILLED, Verdict.REFUSED)


@dataclass(frozen=True, slots=True)
class Flaw:
    """The result of one check of an exercise: how much it checked, and a sentence for each problem."""

    what: str
    checked: int
    problems: tuple[str, ...] = ()
    said: str = ""
    """What it found, where that is no count."""
    advice: str = ""
    """What an author can do about its problems, where they do not say it themselves."""


class Verification:
    """All checks of one exercise."""

    def __init__(self, exercise: Exercise, sandbox: Sandbox, settings: Settings | None = None) -> None:
        self.exercise = exercise
        self.settings = settings or Settings(explained=False)
        self._sandbox = sandbox
        self._cases: Cases | None = None
        self._solved: tuple[float, Row]
        """How long the worked solution took, in seconds, and its slowest row."""

    def findings(self, mutants: int = 0, seed: int = 0) -> Iterator[Flaw]:
        """Run the checks in the order in which an author fixes things, with this many mutants of the solution.

        What keeps the rest from being checked, such as a missing file, is the last finding.
        """
        try:
            yield from self._findings(mutants, seed)
        except (BrokenExercise, UnreadableSubmission) as error:
            yield Flaw("everything can be checked", 1, (str(error),))
        except FileNotFoundError as error:
            yield Flaw("everything can be checked", 1, (f"{error.filename} is missing",))

    def _findings(self, mutants: int, seed: int) -> Iterator[Flaw]:
        yield self.reading_matter()
        yield self.sizes()
        yield self.kinks()
        yield self.stubs()
        yield self.solution()
        yield self.right()
        yield self.wrong()
        if mutants and self.exercise.kind == "gradients":
            yield self.mutants(mutants, seed)
        yield self.duration()

    def reading_matter(self) -> Flaw:
        """Check that every graded variable has a hint, and every stub a TODO and a docstring with its forward line."""
        exercise = self.exercise
        hinted = [v for v in exercise.graded if not exercise.is_value(v)]
        problems = [f"exercise.toml has no hint for {v}" for v in hinted if not _hinted(exercise, v)]
        placed = {v for members in exercise.settings.stretches.values() for v in members}
        problems += [f"exercise.toml lists {v} in no stretch" for v in exercise.graded if placed and v not in placed]
        problems += [
            f"exercise.toml lists {v} in a stretch, but it is not graded" for v in placed - set(exercise.graded)
        ]
        source = (exercise.directory / "backward.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        for name in function_names(exercise):
            problems += _stub_problems(name, find_function(tree, name), source)
        return Flaw("hints, stretches and stubs are complete", len(exercise.graded), tuple(problems), advice=_HINTS)

    def sizes(self) -> Flaw:
        """Check that the further cases' sizes straddle the given ones, so that hard-coded sizes are detected."""
        given, further = self.exercise.varied_sizes, self.exercise.sizes
        problems = straddling_faults(given, further)
        if problems:  # only now is it worth finding out which sizes cannot be smaller or larger
            possible = FurtherSizes(self.exercise, self.cases.given).are_possible
            smallest = [name for name in given if smaller(name, given, possible) is None]
            largest = [name for name in given if exceeding(name, given, possible) is None]
            problems = straddling_faults(given, further, smallest, largest)
        sentences = tuple(f"SIZES: {problem}" for problem in problems)
        return Flaw("the sizes straddle the given ones", len(given), sentences, advice=_SIZES)

    def kinks(self) -> Flaw:
        """Check that no case has a tie, or a value exactly at a kink: the derivative there is only a convention."""
        problems = [
            f"case {number}, forward.py line {line}: {sentence}"
            for number, case in enumerate(self.cases)
            for line, sentence in kinks_met(case)
        ]
        return Flaw("no case has ties or kinks", len(list(self.cases)), tuple(problems))

    def stubs(self) -> Flaw:
        """Check that the stubs score nothing, and that each gradient counts as not started."""
        rows = self._grade_file("stubs", self.exercise.directory / "backward.py")
        wrong = [
            f"the stub {row.name} is {row.verdict}, expected not_started"
            for row in rows
            if row.verdict != "not_started"
        ]
        return Flaw("the stubs fail", len(rows), tuple(wrong))

    def solution(self) -> Flaw:
        """Check that the worked solution is correct everywhere, and exact where exact is expected."""
        begun = time.perf_counter()
        rows = self._grade_file("solution", solution_file(self.exercise))
        self._solved = time.perf_counter() - begun, max(rows, key=attrgetter("duration_s"))
        wanted = {Verdict.EXACT} if self.exercise.settings.exact_expected else {Verdict.EXACT, Verdict.CORRECT}
        problems = [_shortfall(row) for row in rows if row.verdict not in wanted]
        problems += [f"the solution's {r.name}: {note}" for r in rows for note in r.notes if "in place" in note]
        unchained = [
            f"the solution's {r.name} is wrong in the chained pass"
            for r in rows
            if r.chained and not r.chained["correct"]
        ]
        return Flaw("the solution is correct", len(rows), (*problems, *unchained, *self._stale_reference()))

    def _stale_reference(self) -> Iterator[str]:
        """A sentence if [exact] reference is no longer right, as far as this machine can tell."""
        cases = self.cases
        if cases.other_bits and platform.machine().lower() in MEASURED_MACHINES:
            yield (
                "[exact] reference in exercise.toml is not the hash of the reference gradients: if forward.py or its "
                f'inputs have changed, write reference = "{cases.reference_hash}"'
            )

    def right(self) -> Flaw:
        """Check that every alternative solution is accepted."""
        forms = right_forms(self.exercise)
        none = "" if forms else f"none collected; they would stand in {self._catalogue('right')}"
        return Flaw("alternative solutions are accepted", len(forms), tuple(self.rejected(forms)), none, _RIGHT)

    def wrong(self) -> Flaw:
        """Check that every labeled mistake is rejected."""
        forms = wrong_forms(self.exercise)
        none = "" if forms else f"none collected; they would stand in {self._catalogue('wrong')}"
        return Flaw("mistakes are rejected", len(forms), tuple(self.accepted(forms)), none, _WRONG)

    def _catalogue(self, folder: str) -> str:
        return f"solutions/{self.exercise.name}/{folder}/d<variable>.py"

    def mutants(self, count: int, seed: int) -> Flaw:
        """Check that automatic changes to the solution's mathematics are rejected."""
        found = list(mutants_of(self.exercise, count, seed))
        accepted = tuple(self.accepted(found))
        return Flaw(f"mutants of the solution are rejected (seed {seed})", len(found), accepted, advice=_MUTANTS)

    def duration(self) -> Flaw:
        """Check that the worked solution, whose grading `solution` has timed, is far from the time limit."""
        (seconds, slowest), limit = self._solved, SUBMISSION_SECONDS
        said = f"{seconds:.2f} s of {limit:.0f} s; the slowest is {slowest.name}, {1000 * slowest.duration_s:.0f} ms"
        problems = (f"{said}: on a slower computer, it may not be",) if seconds > SLOW * limit else ()
        return Flaw("a submission is graded in time", 1, problems, said, _SLOW)

    def rejected(self, forms: Sequence[Form]) -> Iterator[str]:
        """A sentence for each gradient of an alternative solution that was rejected."""
        for form, rows in self.graded(forms):
            if all(row.correct for row in rows):
                continue
            for row in self.grade(form):  # alone, so that a message has the lines of this form's own file
                if not row.correct:
                    yield f"right/{form.place} ({form.note}): {row.name} is {row.verdict}: {row.problem}"

    def accepted(self, forms: Sequence[Form]) -> Iterator[str]:
        """A sentence for each mistake that was accepted."""
        for form, rows in self.graded(forms):
            if all(row.correct for row in rows):
                yield f"wrong/{form.place} ({form.kind}: {form.note}) was accepted: {', '.join(r.name for r in rows)}"

    def graded(self, forms: Sequence[Form]) -> Iterator[tuple[Form, list[Row]]]:
        """Forms and their rows, in order; many are graded in one submission."""
        known = {form: rows for group in side_by_side(forms) for form, rows in self._grade_group(group)}
        for form in forms:
            yield form, known[form]

    def _grade_group(self, group: Group) -> Iterator[tuple[Form, list[Row]]]:
        """Each form's rows; alone if one of the group has used up what the submission has: its time, its processes."""
        rows = {row.name: row for row in self.grade(group.as_one())}
        spent = len(group.forms) > 1 and any(row.verdict in _COSTLY for row in rows.values())
        for form in group.forms:
            yield form, self.grade(form) if spent else [rows[name] for name in form.gradients]

    def grade(self, form: Form) -> list[Row]:
        """Grade a form: the rows of the gradients that it redefines."""
        only = form.gradients if len(form.gradients) < len(self.exercise.gradients) else ()
        grading = start_grading(
            self.exercise,
            Submission(form.place, form.path, form.files),
            self._sandbox,
            replace(self.settings, only=only),
            self.cases,
        )
        return _finished(grading)

    def _grade_file(self, name: str, path: Path) -> list[Row]:
        submission = read_submission(path, name)
        return _finished(start_grading(self.exercise, submission, self._sandbox, self.settings, self.cases))

    @property
    def cases(self) -> Cases:
        """The cases that every submission is graded on, built once."""
        if self._cases is None:
            s = self.settings
            self._cases = build_cases(self.exercise, s.seed, s.batch_size, s.hidden_seed)
        return self._cases


def _hinted(exercise: Exercise, variable: str) -> bool:
    hint = exercise.settings.hints.get(variable)
    return hint is not None and bool(hint.shape and hint.derivative)


def _shortfall(row: Row) -> str:
    """Why a row of the solution falls short."""
    if row.correct:
        return (
            f"the solution's {row.name} is correct, but not exact (bit for bit autograd's gradient): "
            "keep autograd's order of operations, or set [exact] expected = false in exercise.toml"
        )
    return f"the solution's {row.name} is {row.verdict}: {row.problem}"


def _finished(grading: Grading) -> list[Row]:
    rows = list(grading.rows())
    grading.close()
    return rows


def _stub_problems(name: str, stub: ast.FunctionDef | None, source: str) -> Iterator[str]:
    if stub is None:
        yield f"backward.py has no stub {name}"
        return
    text = ast.get_source_segment(source, stub) or ""
    if "TODO" not in text:
        yield f"the stub {name} has no TODO"
    if not ast.get_docstring(stub):
        yield f"the stub {name} has no docstring with its forward line and shape"
