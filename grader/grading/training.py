"""Exercises of kind `training`: a network trained with the learner's own gradients, beside autograd's run.

The learner's function is called once a step with the step's forward values, in float64, and returns one gradient
for each parameter. A gradient is right if it agrees with autograd's at the learner's own parameters in every step
and at other sizes; the run is right if every loss and all final parameters agree with those of autograd's run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.case import Case, Cases, default_dtype, is_floating, pool_values
from grader.exercise.forward import BrokenExercise
from grader.grading.gradients import Grading
from grader.grading.row import Row, plain
from grader.sandbox.types import Question, Returned
from grader.verdict.binding import bind
from grader.verdict.evidence import TOLERANCE, CaseScore, Columns, Evidence, Judgement, Verdict, is_fatal
from grader.verdict.judge import lecture_columns, max_difference, score
from grader.verdict.problems import failure_sentence, finding_sentence, form_problem, hard_coded_problem

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from grader.exercise.exercise import Exercise
    from grader.exercise.settings import Settings
    from grader.grading.submission import Submission
    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session
    from grader.sandbox.types import Outcome

FUNCTION = "gradients"
LOSS_TOLERANCE = 1e-9
"""Largest relative difference of a loss from autograd's run."""
PARAMETER_TOLERANCE = 1e-9
"""Largest difference of a final parameter, relative to the largest of its tensor."""


def start_grading(
    exercise: Exercise,
    submission: Submission,
    sandbox: Sandbox,
    settings: Settings | None = None,
    cases: Cases | None = None,
) -> Grading:
    """Grade a submission in the way that the exercise's kind asks for."""
    kind = TrainingGrading if exercise.kind == "training" else Grading
    return kind(exercise, submission, sandbox, settings, cases)


@dataclass(slots=True)
class TrainingRun:
    """One training run: the loss of every step and what the parameters have become."""

    losses: list[float] = field(default_factory=list)
    parameters: dict[str, torch.Tensor] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    """How one parameter's gradient did over the steps."""

    score: float = 0.0
    maxdiff: float = 0.0
    first: Columns = field(default_factory=Columns)
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    problem: tuple[Verdict, str] | None = None


class TrainingGrading(Grading):
    """One submission of a training exercise graded."""

    def document(self) -> dict[str, Any]:
        """The submission's entry in the report, with both loss curves."""
        found = super().document()
        return {**found, "training": self._run_document()}

    def _grade(self) -> Generator[Row]:
        self._mine, self._reference = TrainingRun(), TrainingRun()
        self._stopped: str | None = None
        with self._sandbox.open(self.submission.files, self.exercise.rules) as session:
            self.reading = session.reading
            function = self.reading.functions.get(FUNCTION)
            evidence = Evidence(FUNCTION, function)
            failure = self._obstacle(session, evidence)
            tallies = {name: _Tally() for name in self.exercise.graded}
            if failure is None:
                failure = self._ask_sizes(session, evidence)
            if failure is None:
                failure = self._train(session, evidence, tallies)
        for variable in self.exercise.graded:
            if not self.settings.only or f"d{variable}" in self.settings.only:
                yield self._training_row(variable, evidence, tallies, failure)

    def _obstacle(self, session: Session, evidence: Evidence) -> Judgement | None:
        """What stands in the way before the first call: an unreadable file, a broken rule, an unknown parameter."""
        reading, function = session.reading, evidence.function
        if reading.problem is not None:
            return Judgement(Verdict.RAISED, reading.problem)
        if function is None:
            return Judgement(Verdict.NOT_STARTED, f"{reading.file} has no function {FUNCTION}")
        if function.findings:
            return Judgement(Verdict.REFUSED, finding_sentence(function.findings[0]))
        whole = session.load()
        if whole is not None:
            return Judgement(*failure_sentence(whole, reading.file, "the file"))
        values = pool_values(self.cases.given.graph.values)
        evidence.binding = bind(function, FUNCTION, self.exercise, values, ())
        if evidence.binding.problem is not None:
            return Judgement(Verdict.UNKNOWN_PARAMETER, evidence.binding.problem)
        return None

    def _ask_sizes(self, session: Session, evidence: Evidence) -> Judgement | None:
        """The start of training at the given and at other sizes: finds numbers typed by hand."""
        questions = [self._question(evidence, case.graph.values) for case in self.cases]
        for index, outcome in enumerate(session.ask(questions)):
            evidence.random[index] = outcome
            if is_fatal(outcome):
                break
        first = evidence.random[0]
        if not isinstance(first, Returned):
            return Judgement(*failure_sentence(first, FUNCTION, "the function"))
        return None

    def _question(self, evidence: Evidence, values: Mapping[str, Any]) -> Question:
        binding = evidence.binding
        if binding is None:
            raise AssertionError("asked without a binding")
        given = {name: values[name] for name in binding.values}
        if "loss" in binding.upstream:
            given["dloss"] = torch.ones((), dtype=torch.float64)
        size = sum(v.numel() for n, v in values.items() if n in self.exercise.graded) * 8
        outputs = len(self.exercise.graded)
        return Question(FUNCTION, given=given, dtype="float64", outputs=outputs, max_bytes=4 * size + 4096)

    def _train(self, session: Session, evidence: Evidence, tallies: dict[str, _Tally]) -> Judgement | None:
        """The learner's run, until it is over or a step cannot be used."""
        given = self.cases.given
        self._reference = reference_run(given)
        parameters = starting_parameters(given)
        for step, (values, grads) in enumerate(training_steps(given, parameters)):
            outcome = next(iter(session.ask([self._question(evidence, values)])))
            evidence.local = outcome
            self._mine.losses.append(float(values["loss"]))
            if not isinstance(outcome, Returned):
                self._stopped = f"in step {step}"
                return Judgement(*failure_sentence(outcome, FUNCTION, f"in step {step} it"))
            self._compare(outcome, grads, tallies, step)
            if any(tally.problem for tally in tallies.values()):
                self._stopped = f"in step {step}"
                return None
            update(self.exercise, parameters, outcome.tensors, step)
        self._mine.parameters = parameters
        return None

    def _compare(
        self, outcome: Returned, grads: Mapping[str, torch.Tensor], tallies: dict[str, _Tally], step: int
    ) -> None:
        """Each gradient of one step against autograd's at the same parameters."""
        for (name, expected), got in zip(grads.items(), outcome.tensors, strict=True):
            tally = tallies[name]
            tally.shape, tally.dtype = tuple(got.shape), str(got.dtype).removeprefix("torch.")
            if step == 0:
                tally.first = lecture_columns(got, expected)
            problem = form_problem(got, expected)
            if problem is not None:
                tally.problem = problem
                continue
            maxdiff = max_difference(got, expected)
            if maxdiff is None:
                tally.problem = (
                    Verdict.NON_FINITE,
                    f"step {step}: the difference from autograd's gradient is not finite",
                )
                continue
            scale = max(
                float(expected.abs().max()), self.cases.given.true.scale(name) if name in self.cases.null else 0.0
            )
            tally.maxdiff = max(tally.maxdiff, maxdiff)
            tally.score = max(tally.score, maxdiff / scale if scale else math.inf if maxdiff else 0.0)

    def _training_row(
        self, variable: str, evidence: Evidence, tallies: Mapping[str, _Tally], failure: Judgement | None
    ) -> Row:
        tally = tallies[variable]
        judgement = failure or self._judge_training(variable, evidence, tally)
        if failure is None and judgement.verdict.right and self._drifted(tallies):
            problem = (
                "every gradient agrees with autograd's, but the run does not: its losses or final parameters differ"
            )
            judgement = replace(judgement, verdict=Verdict.WRONG_VALUES, problem=problem)
        function, points = evidence.function, self.exercise.points(variable)
        outcomes = list(evidence.random.values())
        chained = None if failure is not None else {**plain(tally.first), **self._run_columns(variable)}
        return Row(
            name=f"d{variable}",
            variable=variable,
            file=function.file if function else self.reading.file if self.reading else None,
            line=function.line if function else None,
            shape=judgement.shape,
            dtype=judgement.dtype,
            points=points if self._scores(judgement) else 0,
            possible=points,
            verdict=judgement.verdict,
            problem=judgement.problem,
            notes=(*self._notes(judgement, outcomes), *self._null_note(variable)),
            diagnosis=None,
            correct=judgement.verdict.right,
            score=judgement.score,
            tolerance=judgement.tolerance,
            general=None,
            depends_on=(),
            local=plain(judgement.local),
            chained=chained,
            cases=tuple(plain(case) for case in judgement.cases),
            worst=None,
            duration_s=sum(outcome.seconds for outcome in outcomes) / len(self.exercise.graded),
            printed="".join(dict.fromkeys(outcome.printed for outcome in outcomes)),
        )

    def _null_note(self, variable: str) -> Iterator[str]:
        if variable in self.cases.null:
            yield f"the gradient of {variable} is zero up to rounding: anything as small trains the same network"

    def _drifted(self, tallies: Mapping[str, _Tally]) -> bool:
        """Whether the run ended elsewhere although each of its gradients was right in every step."""
        if self._stopped or any(t.problem or t.score > TOLERANCE for t in tallies.values()):
            return False
        return not all(self._run_columns(variable)["correct"] for variable in tallies)

    def _judge_training(self, variable: str, evidence: Evidence, tally: _Tally) -> Judgement:
        common = Judgement(Verdict.CORRECT, None, tally.first, tally.shape, tally.dtype, tally.score)
        if tally.problem is not None:
            return replace(common, verdict=tally.problem[0], problem=tally.problem[1], score=None)
        if tally.score > TOLERANCE:
            steps = len(self._mine.losses)
            problem = (
                f"differs from autograd's gradient at your own parameters: maxdiff {tally.maxdiff:.3g} in {steps} steps"
            )
            return replace(common, verdict=Verdict.WRONG_VALUES, problem=problem)
        scores = tuple(self._size_score(variable, evidence.random.get(i), case) for i, case in enumerate(self.cases))
        common = replace(common, cases=scores)
        failed = next((s for s in scores if s.score is None or s.score > TOLERANCE), None)
        if failed is not None:
            return replace(common, verdict=Verdict.HARD_CODED, problem=hard_coded_problem(failed))
        return common

    def _size_score(self, variable: str, outcome: Outcome | None, case: Case) -> CaseScore:
        """One parameter's gradient at the start of training at some sizes."""
        got = outcome.tensors[self.exercise.graded.index(variable)] if isinstance(outcome, Returned) else None
        return score(got, case.true, variable, case)

    def _run_columns(self, variable: str) -> dict[str, Any]:
        """Whether this parameter ended where autograd's run did, and every loss with it."""
        mine, reference = self._mine.parameters.get(variable), self._reference.parameters[variable]
        right = mine is not None and relative_difference(mine, reference) <= PARAMETER_TOLERANCE
        return {"correct": right and self._losses_right(), "first_cause": None}

    def _losses_right(self) -> bool:
        pairs = list(zip(self._mine.losses, self._reference.losses, strict=False))
        complete = len(self._mine.losses) == len(self._reference.losses)
        return complete and all(abs(a - b) <= LOSS_TOLERANCE * abs(b) for a, b in pairs)

    def _run_document(self) -> dict[str, Any]:
        pairs = zip(self._mine.losses, self._reference.losses, strict=False)
        differences = [abs(a - b) / abs(b) for a, b in pairs if math.isfinite(a)]
        return {
            "steps": len(self._reference.losses),
            "stopped": self._stopped,
            "losses": [loss if math.isfinite(loss) else None for loss in self._mine.losses],
            "reference_losses": self._reference.losses,
            "largest_loss_difference": max(differences, default=None),
            "loss_tolerance": LOSS_TOLERANCE,
            "parameter_tolerance": PARAMETER_TOLERANCE,
            "losses_right": self._losses_right(),
            "samples": self._samples(),
        }

    def _samples(self) -> list[str]:
        """What the trained network makes, where the exercise can show it: names, letter by letter."""
        sample = getattr(self.exercise.module, "sample", None)
        if sample is None or not self._mine.parameters:
            return []
        with torch.inference_mode(), default_dtype(torch.float64):
            return [str(each) for each in sample(self._mine.parameters, self.cases.given.seed)]


def starting_parameters(given: Case) -> dict[str, torch.Tensor]:
    """The parameters at the start of training, in float64."""
    return {name: given.inputs[name].double() for name in given.exercise.graded}


def training_steps(
    given: Case, parameters: dict[str, torch.Tensor]
) -> Iterator[tuple[dict[str, Any], dict[str, torch.Tensor]]]:
    """Each step's forward values and autograd's gradients at the parameters as they are then.

    `parameters` is the caller's: it changes them between the steps.
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
    """Autograd's own run from the same start: the same for every submission."""
    run = TrainingRun(parameters=starting_parameters(given))
    for step, (values, grads) in enumerate(training_steps(given, run.parameters)):
        run.losses.append(float(values["loss"]))
        update(given.exercise, run.parameters, grads.values(), step)
    if not all(math.isfinite(loss) for loss in run.losses):
        raise BrokenExercise(f"{given.exercise.name}: autograd's own run does not stay finite with seed {given.seed}")
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
