"""The exercises themselves under test: stubs fail, solutions pass, mistakes are rejected, right variants accepted."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.authoring.mutants import mutants_of
from grader.exercise.case import Case, build_cases
from grader.exercise.catalogue import Form, right_forms, solution_file, wrong_forms
from grader.exercise.settings import Settings
from grader.exercise.sizes import straddling_faults, works_at_nothing_smaller
from grader.exercise.stubs import function_names
from grader.grading.grading import start_grading
from grader.grading.submission import Submission, read_submission
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.grading.grading import Grading
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that was verified of an exercise, and the sentences about what is wrong with it."""

    what: str
    checked: int
    problems: tuple[str, ...] = ()


class Verification:
    """Everything that can be verified of one exercise."""

    def __init__(self, exercise: Exercise, sandbox: Sandbox, settings: Settings | None = None) -> None:
        self.exercise = exercise
        self.settings = settings or Settings()
        self._sandbox = sandbox
        self._cases: Cases | None = None

    def findings(self, mutants: int = 0, seed: int = 0) -> Iterator[Flaw]:
        """Verify in the order in which an author mends things; `mutants` is how many to draw of the solution."""
        yield self.reading_matter()
        yield self.sizes()
        yield self.stubs()
        yield self.solution()
        yield self.right()
        yield self.wrong()
        if mutants and self.exercise.kind == "gradients":
            yield self.mutants(mutants, seed)

    def reading_matter(self) -> Flaw:
        """Every graded variable has a hint, every stub a TODO and a docstring with its forward line."""
        exercise = self.exercise
        problems = [f"exercise.toml has no hint for {v}" for v in exercise.graded if not _hinted(exercise, v)]
        placed = {v for members in exercise.settings.stretches.values() for v in members}
        problems += [f"exercise.toml puts {v} in no stretch" for v in exercise.graded if placed and v not in placed]
        problems += [
            f"exercise.toml has a stretch with {v}, which is not graded" for v in placed - set(exercise.graded)
        ]
        source = (exercise.directory / "backward.py").read_text(encoding="utf-8")
        stubs = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
        for name in function_names(exercise):
            problems += _stub_problems(name, stubs.get(name), source)
        return Flaw("hints, stretches and stubs are written", len(exercise.graded), tuple(problems))

    def sizes(self) -> Flaw:
        """The further cases' sizes straddle the given ones: a size typed as a number shows."""
        given, further = self.exercise.given_sizes, self.exercise.sizes
        problems = straddling_faults(given, further)
        if problems:  # only then is it worth trying which sizes cannot be smaller than they are
            smallest = [name for name in given if works_at_nothing_smaller(name, given, self._runs)]
            problems = straddling_faults(given, further, smallest)
        return Flaw("the sizes straddle the given ones", len(given), tuple(f"SIZES: {p}" for p in problems))

    def stubs(self) -> Flaw:
        """The exercise as handed out scores nothing, and each gradient counts as not started."""
        rows = self._grade_file("stubs", self.exercise.directory / "backward.py")
        wrong = [
            f"{row.name} of the stubs is {row.verdict}, not not_started" for row in rows if row.verdict != "not_started"
        ]
        return Flaw("the stubs fail", len(rows), tuple(wrong))

    def solution(self) -> Flaw:
        """The worked solution is right everywhere, and exact where exact is expected."""
        rows = self._grade_file("solution", solution_file(self.exercise))
        wanted = {Verdict.EXACT} if self.exercise.settings.exact_expected else {Verdict.EXACT, Verdict.CORRECT}
        problems = [_shortfall(row) for row in rows if row.verdict not in wanted]
        problems += [f"{r.name} of the solution: {note}" for r in rows for note in r.notes if "in place" in note]
        unchained = [
            f"{r.name} of the solution is not right chained" for r in rows if r.chained and not r.chained["correct"]
        ]
        return Flaw("the solution is right", len(rows), (*problems, *unchained))

    def right(self) -> Flaw:
        """Every other right formulation is accepted."""
        forms = right_forms(self.exercise)
        return Flaw("right forms are accepted", len(forms), tuple(p for form in forms for p in self.rejected(form)))

    def wrong(self) -> Flaw:
        """Every labelled mistake is rejected."""
        forms = wrong_forms(self.exercise)
        return Flaw("mistakes are rejected", len(forms), tuple(p for form in forms for p in self.accepted(form)))

    def mutants(self, count: int, seed: int) -> Flaw:
        """Automatic changes of the solution that change its mathematics are rejected."""
        found = list(mutants_of(self.exercise, count, seed))
        problems = [p for form in found for p in self.accepted(form)]
        return Flaw(f"mutants of the solution are rejected (seed {seed})", len(found), tuple(problems))

    def rejected(self, form: Form) -> Iterator[str]:
        """A sentence for each gradient of a right form that was not accepted."""
        for row in self.grade(form):
            if not row.correct:
                yield f"right/{form.place} ({form.note}): {row.name} is {row.verdict}: {row.problem}"

    def accepted(self, form: Form) -> Iterator[str]:
        """A sentence if a mistake was accepted."""
        rows = self.grade(form)
        if all(row.correct for row in rows):
            yield f"wrong/{form.place} ({form.kind}: {form.note}) was accepted: {', '.join(r.name for r in rows)}"

    def grade(self, form: Form) -> list[Row]:
        """The rows of the gradients that a form writes anew."""
        only = form.gradients if len(form.gradients) < len(self.exercise.gradients) else ()
        grading = start_grading(
            self.exercise,
            Submission(form.place, form.path, form.files),
            self._sandbox,
            replace(self.settings, only=only),
            self._built_cases(),
        )
        return _finished(grading)

    def _grade_file(self, name: str, path: Path) -> list[Row]:
        submission = read_submission(path, name)
        return _finished(start_grading(self.exercise, submission, self._sandbox, self.settings, self._built_cases()))

    def _runs(self, sizes: Mapping[str, int]) -> bool:
        try:
            Case(self.exercise, self.settings.seed, sizes).check_finite()
        except Exception:  # noqa: BLE001 whatever the forward pass raises, it does not run at these sizes
            return False
        return True

    def _built_cases(self) -> Cases:
        if self._cases is None:
            s = self.settings
            self._cases = build_cases(self.exercise, s.seed, s.batch_size, s.hidden_seed)
        return self._cases


def _hinted(exercise: Exercise, variable: str) -> bool:
    hint = exercise.settings.hints.get(variable)
    return hint is not None and bool(hint.shape and hint.derivative)


def _shortfall(row: Row) -> str:
    """What is missing to a solution's row."""
    if row.correct:
        return (
            f"{row.name} of the solution is right, but not bit-equal to autograd's gradient: "
            "keep autograd's order of operations, or say [exact] expected = false in exercise.toml"
        )
    return f"{row.name} of the solution is {row.verdict}: {row.problem}"


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
