"""Exercises of kind `training`: a network trained with the learner's own gradients, compared with autograd's run.

The learner's function is called once per step with the step's forward values, in float64, and returns one gradient
for each parameter. A gradient is right if it agrees with autograd's at the learner's own parameters in every step
and at other sizes; the run is right if every loss and all final parameters agree with those of autograd's run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.forward import BrokenExercise
from grader.grading.questions import Inquiry, ask
from grader.grading.row import Row, plain
from grader.sandbox.types import Question, Returned
from grader.verdict.evidence import TOLERANCE, Ask, CaseScore, Columns, Judgment, Verdict
from grader.verdict.judge import failed, lecture_columns, max_difference, score
from grader.verdict.problems import Cause, form_problem, hard_coded_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.exercise.case import Case
    from grader.exercise.exercise import Exercise
    from grader.grading.questions import Attempt
    from grader.sandbox.host.session import Session
    from grader.verdict.evidence import Evidence

FUNCTION = "gradients"
LOSS_TOLERANCE = 1e-9
"""Largest relative difference of a loss from autograd's run.

Measured: correct formulations of training and gpt2_training, with four seeds each, stay below 3e-14.
"""
PARAMETER_TOLERANCE = 1e-9
"""Largest difference of a final parameter, relative to the largest value in its tensor. Measured: below 6e-15."""
DRIFTED = "every gradient agrees with autograd's, but the run does not: its losses or final parameters differ"
NULL_NOTE = "the gradient of {} is zero up to rounding: any value as small trains the same network"


@dataclass(slots=True)
class TrainingRun:
    """One training run: the loss of every step, and the final parameters."""

    losses: list[float] = field(default_factory=list)
    parameters: dict[str, torch.Tensor] = field(default_factory=dict)


@dataclass(slots=True)
class Runs:
    """The learner's run and autograd's own."""

    mine: TrainingRun = field(default_factory=TrainingRun)
    reference: TrainingRun = field(default_factory=TrainingRun)
    stopped: str | None = None
    """The step whose gradients could not be used, where the learner's run ended."""

    def ended_right(self, variable: str) -> bool:
        """Whether a parameter's final value and every loss agree with autograd's run."""
        mine, reference = self.mine.parameters.get(variable), self.reference.parameters[variable]
        right = mine is not None and relative_difference(mine, reference) <= PARAMETER_TOLERANCE
        return right and self.losses_right()

    def losses_right(self) -> bool:
        """Whether every loss agrees with autograd's run."""
        pairs = list(zip(self.mine.losses, self.reference.losses, strict=False))
        complete = len(self.mine.losses) == len(self.reference.losses)
        return complete and all(abs(a - b) <= LOSS_TOLERANCE * abs(b) for a, b in pairs)

    def document(self) -> dict[str, Any]:
        """Both loss curves, as in the report."""
        pairs = zip(self.mine.losses, self.reference.losses, strict=False)
        differences = [abs(a - b) / abs(b) for a, b in pairs if math.isfinite(a)]
        return {
            "steps": len(self.reference.losses),
            "stopped": self.stopped,
            "losses": [loss if math.isfinite(loss) else None for loss in self.mine.losses],
            "reference_losses": self.reference.losses,
            "largest_loss_difference": max(differences, default=None),
            "loss_tolerance": LOSS_TOLERANCE,
            "parameter_tolerance": PARAMETER_TOLERANCE,
            "losses_right": self.losses_right(),
        }


@dataclass(slots=True)
class Tally:
    """How one parameter's gradient did over the steps of the learner's run."""

    floor: float = 0.0
    """The minimum that an error is divided by: the size of the summed terms if these cancel, else 0."""
    score: float = 0.0
    maxdiff: float = 0.0
    first: Columns = field(default_factory=Columns)
    """The lecture's columns in step 0, where the learner's parameters still equal autograd's."""
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    problem: tuple[Verdict, str] | None = None

    def add(self, step: int, got: torch.Tensor, expected: torch.Tensor) -> None:
        """Compare one step's gradient with autograd's at the same parameters; both have the parameter's shape."""
        self.shape, self.dtype = tuple(got.shape), str(got.dtype).removeprefix("torch.")
        if step == 0:
            self.first = lecture_columns(got, expected)
        self.problem = form_problem(got, expected)
        if self.problem is not None:
            return
        maxdiff = max_difference(got, expected)
        if maxdiff is None:
            self.problem = Verdict.NON_FINITE, f"step {step}: the difference from autograd's gradient is not finite"
            return
        scale = max(float(expected.abs().max()), self.floor)
        self.maxdiff = max(self.maxdiff, maxdiff)
        self.score = max(self.score, maxdiff / scale if scale else math.inf if maxdiff else 0.0)


class TrainingSteps:
    """Grades one submission to such an exercise."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt, self._exercise, self._cases = attempt, attempt.exercise, attempt.cases
        given, null = attempt.cases.given, attempt.cases.null
        self._tallies = {v: Tally(given.true.scale(v) if v in null else 0.0) for v in attempt.exercise.graded}
        self._runs = Runs()

    def rows(self, session: Session) -> Iterator[Row]:
        """Ask at the start of training, train, then ask at other sizes, which may be hidden; yield the rows last."""
        evidence = self._attempt.prepare(FUNCTION, FUNCTION, ())
        failure = evidence.obstacle or self._ask_start(session, evidence) or self._train(session, evidence)
        if failure is None:
            self._ask_sizes(session, evidence)
        for variable in self._attempt.variables:
            yield self._row(variable, evidence, failure)

    def extra(self) -> dict[str, Any]:
        """Both loss curves, and samples from the trained network."""
        return {"training": {**self._runs.document(), "samples": self._samples()}}

    def _ask_start(self, session: Session, evidence: Evidence) -> Judgment | None:
        """Ask at the start of training, at the given sizes."""
        ask(session, [self._at_start(evidence, 0, self._cases.given)])
        first = evidence.outcomes[Ask.TRUE, 0]
        return (
            None
            if isinstance(first, Returned)
            else failed(first, FUNCTION, "the function", evidence.function, evidence.binding)
        )

    def _ask_sizes(self, session: Session, evidence: Evidence) -> None:
        """Ask at the start of training at other sizes, to find hard-coded numbers."""
        ask(session, [self._at_start(evidence, number, case) for number, case in enumerate(self._cases) if number])

    def _at_start(self, evidence: Evidence, number: int, case: Case) -> Inquiry:
        question = replace(self._question(evidence, case, case.graph.values, case.scale), hidden=case.hidden)
        return Inquiry(evidence, Ask.TRUE, number, question)

    def _train(self, session: Session, evidence: Evidence) -> Judgment | None:
        """Train with the learner's gradients, to the end or until a step where they cannot be used."""
        given, runs = self._cases.given, self._runs
        runs.reference = reference_run(given)
        parameters = starting_parameters(given)
        for step, (values, expected) in enumerate(training_steps(given, parameters)):
            outcome = next(session.ask([self._question(evidence, given, values)]))
            runs.mine.losses.append(float(values["loss"]))
            if not isinstance(outcome, Returned):
                runs.stopped = f"in step {step}"
                return failed(outcome, FUNCTION, f"in step {step} it", evidence.function, evidence.binding)
            for (name, right), got in zip(expected.items(), outcome.tensors, strict=True):
                self._tallies[name].add(step, got, right)
            if any(tally.problem for tally in self._tallies.values()):
                runs.stopped = f"in step {step}"
                return None
            update(self._exercise, parameters, outcome.tensors, step)
        runs.mine.parameters = parameters
        return None

    def _question(self, evidence: Evidence, case: Case, values: Mapping[str, Any], dloss: float = 1.0) -> Question:
        """The question that asks for all gradients at these forward values, in float64."""
        binding = evidence.binding
        if binding is None:
            raise AssertionError("asked without a binding")
        values = {**case.offered_sizes, **values}
        given = {name: values[name] for name in binding.values}
        if "loss" in binding.upstream:
            given["dloss"] = torch.tensor(dloss, dtype=torch.float64)
        size = 8 * sum(v.numel() for n, v in values.items() if n in self._exercise.graded)  # bytes of a right answer
        outputs = len(self._exercise.graded)
        return Question(FUNCTION, given=given, dtype="float64", outputs=outputs, max_bytes=4 * size + 4096)

    def _row(self, variable: str, evidence: Evidence, failure: Judgment | None) -> Row:
        chained = None
        if failure is None:
            first, right = plain(self._tallies[variable].first), self._runs.ended_right(variable)
            chained = {**first, "correct": right, "first_cause": None}
        return Row.of(
            self._attempt,
            variable,
            evidence,
            failure or self._judge(variable, evidence),
            chained=chained,
            notes=[NULL_NOTE.format(variable)] if variable in self._cases.null else [],
            seconds=sum(outcome.seconds for outcome in evidence.calls()) / len(self._exercise.graded),
        )

    def _judge(self, variable: str, evidence: Evidence) -> Judgment:
        """The verdict on one parameter's gradient: in every step, then at other sizes, then by how the run ended."""
        tally = self._tallies[variable]
        right = Judgment(Verdict.CORRECT, None, tally.first, tally.shape, tally.dtype, tally.score)
        if tally.problem is not None:
            return replace(right, verdict=tally.problem[0], problem=tally.problem[1], score=None)
        if tally.score > TOLERANCE:
            steps = len(self._runs.mine.losses)
            problem = (
                f"differs from autograd's gradient at your own parameters: maxdiff {tally.maxdiff:.3g} in {steps} steps"
            )
            return replace(right, verdict=Verdict.WRONG_VALUES, problem=problem)
        right = replace(right, cases=tuple(self._size_scores(variable, evidence)))
        found = zip(self._cases, right.cases, strict=True)
        null = variable in self._cases.null  # with extreme inputs it is only rounding
        wrong = [(c, each) for c, each in found if not evidence.passes(c, each) and not (null and c.stressed)]
        if wrong:
            cause = Cause.RANGE if all(case.stressed for case, _ in wrong) else Cause.OPEN
            return replace(right, verdict=Verdict.HARD_CODED, problem=hard_coded_problem(wrong[0][1], cause))
        return replace(right, verdict=Verdict.WRONG_VALUES, problem=DRIFTED) if self._drifted() else right

    def _size_scores(self, variable: str, evidence: Evidence) -> Iterator[CaseScore]:
        """The scores of one parameter's gradient at the start of training, at each of the sizes."""
        place = self._exercise.graded.index(variable)
        for number, case in enumerate(self._cases):
            outcome = evidence.get(Ask.TRUE, number)
            dloss = case.scale if "loss" in evidence.upstream else 1.0  # a power of two
            got = outcome.tensors[place] / dloss if isinstance(outcome, Returned) else None
            yield score(got, case.true, variable, case)

    def _drifted(self) -> bool:
        """Whether the run ended differently although every gradient was right in every step."""
        if self._runs.stopped or any(tally.score > TOLERANCE for tally in self._tallies.values()):
            return False
        return not all(map(self._runs.ended_right, self._tallies))

    def _samples(self) -> list[str]:
        """Samples from the trained network, if the exercise defines `sample`: names, letter by letter."""
        sample, trained = getattr(self._exercise.module, "sample", None), self._runs.mine.parameters
        if sample is None or not trained:
            return []
        with torch.inference_mode(), default_dtype(torch.float64):
            return [str(each) for each in sample(trained, self._cases.given.seed)]


def starting_parameters(given: Case) -> dict[str, torch.Tensor]:
    """The parameters at the start of training, in float64."""
    return {name: given.inputs[name].double() for name in given.exercise.graded}


def training_steps(
    given: Case, parameters: dict[str, torch.Tensor]
) -> Iterator[tuple[dict[str, Any], dict[str, torch.Tensor]]]:
    """Each step's forward values and autograd's gradients at the current parameters, all in float64.

    Args:
        parameters: the current parameters, which the caller updates between steps.
    """
    exercise = given.exercise
    others = [name for name in exercise.inputs_parameters if name not in exercise.graded]
    for batch in exercise.module.batches(given.seed, exercise.constants["STEPS"], **given.sizes):
        leaves = {name: value.detach().clone().requires_grad_() for name, value in parameters.items()}
        with default_dtype(torch.float64):
            values = exercise.forward({**leaves, **dict(zip(others, batch, strict=True))})
        grads = torch.autograd.grad(values["loss"], [leaves[name] for name in exercise.graded])
        plain = {n: v.detach() if is_floating(v) else v for n, v in values.items()}
        yield plain, dict(zip(exercise.graded, grads, strict=True))


@lru_cache(maxsize=4)
def reference_run(given: Case) -> TrainingRun:
    """Autograd's own run from the same start. It is the same for every submission."""
    run = TrainingRun(parameters=starting_parameters(given))
    for step, (values, grads) in enumerate(training_steps(given, run.parameters)):
        run.losses.append(float(values["loss"]))
        update(given.exercise, run.parameters, grads.values(), step)
    if not all(math.isfinite(loss) for loss in run.losses):
        raise BrokenExercise(f"{given.exercise.name}: with seed {given.seed}, autograd's own losses are not all finite")
    return run


def update(
    exercise: Exercise, parameters: dict[str, torch.Tensor], gradients: Iterable[torch.Tensor], step: int
) -> None:
    """Gradient descent: one step, at the exercise's learning rate."""
    rate = float(exercise.module.learning_rate(step))
    for name, gradient in zip(exercise.graded, gradients, strict=True):
        parameters[name] = parameters[name] - rate * gradient


def relative_difference(got: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference relative to the largest expected value; infinite where it is not finite."""
    largest = max_difference(got, expected)
    return math.inf if largest is None else largest / float(expected.abs().max())
