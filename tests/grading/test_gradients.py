"""Grading one submission: the order of questions, whole-file failures, documents."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
import torch

from grader.exercise.case import build_cases
from grader.exercise.settings import LECTURE_SEED, Criterion, Settings
from grader.grading.gradients import independent
from grader.grading.grading import start_grading
from grader.grading.submission import Submission, read_submission
from grader.sandbox.types import Killed
from grader.verdict.binding import Binding
from grader.verdict.evidence import Evidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Outcome, Question

ROOT = Path(__file__).resolve().parents[2]


def submission(source: str) -> Submission:
    """A submission with one file."""
    return Submission("test", Path("backward.py"), {"backward.py": source.encode()})


Log = list[tuple[str, str, list[torch.Tensor]]]
"""Function, dtype and tensors of each question; a pool of values has no function or dtype."""


class RecordingSession:
    """Wraps a real session and records what is sent, in order."""

    def __init__(self, session: Any, log: Log) -> None:
        self._session, self._log = session, log
        self.reading = session.reading
        self.skipped = session.skipped

    def __enter__(self) -> Self:
        self._session.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self._session.__exit__(*details)

    def load(self) -> Outcome | None:
        return self._session.load()

    def pool(self, key: str, values: Mapping[str, Any]) -> None:
        self._log.append(("", "", [v for v in values.values() if isinstance(v, torch.Tensor)]))
        self._session.pool(key, values)

    def ask(self, questions: Sequence[Question]) -> Iterator[Outcome]:
        for question in questions:
            given = [v for v in question.given.values() if isinstance(v, torch.Tensor)]
            self._log.append((question.function, question.dtype, given))
        return self._session.ask(questions)


class RecordingSandbox:
    """A sandbox whose sessions are recorded."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.log: Log = []

    @property
    def isolation(self) -> Any:
        return self._sandbox.isolation

    def open(self, files: Mapping[str, bytes], *asked: Any) -> RecordingSession:
        return RecordingSession(self._sandbox.open(files, *asked), self.log)


FUSED = """
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n

def dcounts_sum(dcounts_sum_inv, counts_sum):
    raise ValueError

def dh(dlogits, W2):
    import os
"""


@pytest.mark.parametrize("block", ["", FUSED], ids=["solution", "fused and failing"])
def test_no_reference_is_sent_before_the_last_question_about_it(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str, block: str
) -> None:
    """Whatever a submission remembers, it never contains the answer to a question.

    The float32 gradients of the given case answer float32 questions; to float64's twelve digits they are wrong.
    """
    recorder = RecordingSandbox(sandbox)
    # wrong on purpose in one place, so that the learner's own chained gradients are not the references
    wrong = "_right = dlogprobs\ndef dlogprobs(logprobs, Yb, n):\n    return _right(logprobs, Yb, n)*3"
    source = f"{solution_source}\n{block}\n{wrong}"
    start_grading(mlp, submission(source), recorder, cases=mlp_cases).document()  # type: ignore[arg-type]
    for variable in mlp.graded:
        narrow, wide = [mlp_cases.given.reference[variable]], [case.true.total(variable) for case in mlp_cases]
        for references, dtypes in ((narrow, {"float32"}), (wide, {"float32", "float64"})):
            asked = [k for k, (name, dtype, _) in enumerate(recorder.log) if name == f"d{variable}" and dtype in dtypes]
            shown = [
                position
                for position, (_, _, tensors) in enumerate(recorder.log)
                if any(t.dtype == r.dtype and torch.equal(t, r) for t in tensors for r in references)
            ]
            assert not asked or not shown or min(shown) > max(asked), variable


REMEMBERS = """
import torch
import torch.nn.functional as F
seen = []

def remember(*tensors):
    seen.extend(t.clone() for t in tensors)

def dlogprobs(logprobs, Yb, n):
    return torch.zeros_like(logprobs)

def dprobs(dlogprobs, probs):
    remember(dlogprobs, probs)
    candidates = [t for t in seen if t.shape == probs.shape and t.dtype == probs.dtype]
    return candidates[0] if len(candidates) < 3 else candidates[-3]

def dcounts_sum_inv(dprobs, counts, counts_sum_inv):
    remember(dprobs, counts)
    candidates = [t for t in seen if t.shape == counts_sum_inv.shape and t.dtype == counts.dtype]
    return candidates[-1] if candidates else counts_sum_inv
"""


def test_only_gradients_that_do_not_ask_for_one_another_are_asked_for_together() -> None:
    """A function can read its whole frame from the pipe before it answers the first question."""
    asks = {"logits": ("loss",), "h": ("logits",), "b2": ("logits",), "hpreact": ("h",), "W1": ("hpreact", "b2")}
    found = [Evidence(name, binding=Binding((), upstream)) for name, upstream in asks.items()]
    groups = [[evidence.variable for evidence in group] for group in independent(found)]
    assert groups == [["logits"], ["h", "b2"], ["hpreact"], ["W1"]]


def test_a_submission_that_remembers_every_tensor_scores_nothing(graded: Callable[..., dict[str, Row]]) -> None:
    """Neither in the local columns nor in the chained ones."""
    rows = graded(REMEMBERS, alone=True)
    assert not any(row.correct for row in rows.values())
    assert not any(row.chained and row.chained["exact"] for row in rows.values())


def test_all_26_stubs_are_not_started(sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases) -> None:
    """0 of 26, each with the line of its stub."""
    grading = start_grading(mlp, read_submission(ROOT / "exercises" / "mlp"), sandbox, cases=mlp_cases)
    document = grading.document()
    assert {row["verdict"] for row in document["gradients"]} == {"not_started"}
    assert document["score"]["points"] == 0
    assert document["status"] == "graded"
    assert all(row["line"] for row in document["gradients"])


def test_exactly_the_filled_functions_of_a_half_filled_file_score(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases
) -> None:
    """The others are not started."""
    stubs = (ROOT / "exercises" / "mlp" / "backward.py").read_text()
    filled = (
        "\ndef dlogprobs(logprobs, Yb, n):\n    d = torch.zeros_like(logprobs)\n"
        "    d[range(n), Yb] = -1.0/n\n    return d\n"
        "\ndef db2(dlogits):\n    return dlogits.sum(0)\n"
    )
    rows = start_grading(mlp, submission(stubs + filled), sandbox, cases=mlp_cases).document()["gradients"]
    assert [row["name"] for row in rows if row["points"]] == ["dlogprobs", "db2"]


def test_the_lecture_s_published_solution_is_exact_at_the_given_minibatch(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases
) -> None:
    """With (1/probs)*dlogprobs and the double loop for dC."""
    source = (ROOT / "solutions" / "mlp" / "right" / "lecture.py").read_text()
    document = start_grading(mlp, submission(source), sandbox, cases=mlp_cases).document()
    assert document["score"]["exact"] == document["score"]["chained_exact"] == 26


def test_a_syntax_error_is_one_sentence_with_its_line_in_every_row(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases
) -> None:
    """Nothing can be graded, and the report says so."""
    document = start_grading(mlp, submission("def dprobs(:\n"), sandbox, cases=mlp_cases).document()
    assert document["status"] == "unreadable"
    assert document["problem"].startswith("backward.py:1: ")
    assert {row["verdict"] for row in document["gradients"]} == {"raised"}


def test_a_missing_function_is_not_started_and_an_extra_one_does_no_harm(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str
) -> None:
    """The sentence names the file."""
    source = solution_source.replace("def dprobs(", "def dextra(")
    rows = start_grading(mlp, submission(source), sandbox, cases=mlp_cases).document()["gradients"]
    missing = next(row for row in rows if row["name"] == "dprobs")
    assert (missing["verdict"], missing["problem"]) == ("not_started", "backward.py has no function dprobs")
    assert sum(row["correct"] for row in rows) == 25


def test_a_line_left_below_the_functions_costs_none_of_them(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str
) -> None:
    """It is skipped with a note, as a cell of a notebook would be."""
    source = solution_source.rstrip("\n") + "\ncmp('dC', dC, C)\n"
    entry = start_grading(mlp, submission(source), sandbox, cases=mlp_cases).document()
    assert entry["score"]["correct"] == 26
    line = source.count("\n")
    assert entry["notes"] == [f"backward.py:{line}: skipped: NameError: name 'cmp' is not defined"]


def test_two_runs_differ_only_in_times(sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str) -> None:
    """Everything comes from the seed."""

    def run() -> Any:
        document = start_grading(
            mlp, submission(solution_source), sandbox, cases=build_cases(mlp, LECTURE_SEED)
        ).document()
        document["duration_s"] = 0
        for row in document["gradients"]:
            row["duration_s"] = 0
        return document

    assert run() == run()


def test_a_document_is_json_without_nan(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str
) -> None:
    """Even if a gradient is all NaN."""
    source = f"{solution_source}\ndef dprobs(probs):\n    return probs*float('inf')"
    document = start_grading(mlp, submission(source), sandbox, cases=mlp_cases).document()
    assert json.loads(json.dumps(document, allow_nan=False)) is not None


def test_other_bits_than_those_measured_make_exact_informative(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another processor, or with another release of torch: no correct gradient loses points by it."""
    monkeypatch.setattr(mlp, "settings", replace(mlp.settings, exact_reference="0" * 64))
    source = f"{solution_source}\ndef dprobs(dlogprobs, probs):\n    return dlogprobs * (1 / probs)"
    settings = Settings(criterion=Criterion.EXACT)
    document = start_grading(mlp, submission(source), sandbox, settings, mlp_cases).document()
    assert document["score"]["points"] == 26
    assert document["notes"][-1].startswith("the reference gradients have other bits on this machine")


def test_one_gradient_alone_is_graded_without_the_chain(graded: Callable[..., dict[str, Row]]) -> None:
    """`grade mlp::dprobs` asks for nothing else."""
    rows = graded(only=("dprobs",))
    assert list(rows) == ["dprobs"]
    assert rows["dprobs"].verdict is Verdict.EXACT
    assert rows["dprobs"].chained is None


WHISPERS = """
import torch
seen = []

def dprobs(dlogprobs, probs):
    seen.append(tuple(probs.shape))
    if torch.zeros(1).dtype == torch.float32:
        raise ValueError(f"seen {seen}")
    return dlogprobs / probs

def dh(dlogits, W2):
    seen.append(tuple(dlogits.shape))
    if len(dlogits) != 32:
        raise ValueError(f"seen {seen}")
    return dlogits @ W2.T
"""


def test_no_text_leaks_hidden_cases(sandbox: Sandbox, mlp: Exercise, solution_source: str) -> None:
    """An exception's message comes from the given case only, in a child that has seen no other case."""
    work = submission(f"{solution_source}\n{WHISPERS}")
    rows = {row.name: row for row in start_grading(mlp, work, sandbox, Settings(hidden_seed=11)).rows()}
    problem = rows["dprobs"].problem or ""
    assert problem.startswith("dprobs raised ValueError: seen [(32, 27)")
    assert set(re.findall(r"\(\d+, \d+\)", problem)) == {"(32, 27)"}
    assert rows["dh"].verdict is Verdict.HARD_CODED
    assert "seen" not in (rows["dh"].problem or "")


def test_a_message_is_reported_even_with_hidden_cases(sandbox: Sandbox, mlp: Exercise, solution_source: str) -> None:
    """For an honest function that works only in float64."""
    narrow = "def dh(dlogits, W2): return dlogits.double() @ W2.T"
    work = submission(f"{solution_source}\n{narrow}")
    row = start_grading(mlp, work, sandbox, Settings(only=("dh",), hidden_seed=11)).row("dh")
    assert "expected m1 and m2 to have the same dtype" in (row.problem or "")


def test_hidden_cases_find_what_the_fixed_ones_cannot(sandbox: Sandbox, mlp: Exercise, solution_source: str) -> None:
    """A function that has memorized the sizes of the fixed cases."""
    source = (
        f"{solution_source}\n_db2 = db2\ndef db2(dlogits):\n"
        f"    known = {[(32, 27), *((sizes['n'], sizes['vocab_size']) for sizes in mlp.sizes)]}\n"
        "    return _db2(dlogits) if tuple(dlogits.shape) in known else 2*_db2(dlogits)\n"
    )
    fixed = start_grading(mlp, submission(source), sandbox, Settings(only=("db2",))).row("db2")
    hidden = start_grading(mlp, submission(source), sandbox, Settings(only=("db2",), hidden_seed=11)).row("db2")
    assert (fixed.verdict, hidden.verdict) == (Verdict.EXACT, Verdict.HARD_CODED)
    assert hidden.problem is not None
    assert "at other sizes" in hidden.problem
    assert hidden.worst is None  # nothing is off at the sizes that the learner sees


class MortalSession(RecordingSession):
    """A session in which dprobs crashes at one of its calls."""

    def __init__(self, session: Any, call: int) -> None:
        super().__init__(session, [])
        self._left = call

    def ask(self, questions: Sequence[Question]) -> Iterator[Outcome]:
        for question, outcome in zip(questions, super().ask(questions), strict=True):
            self._left -= question.function == "dprobs"
            dies = question.function == "dprobs" and self._left == 0
            yield Killed(reason="signal", detail="signal 9") if dies else outcome


class MortalSandbox(RecordingSandbox):
    """A sandbox of such sessions."""

    def __init__(self, sandbox: Sandbox, call: int) -> None:
        super().__init__(sandbox)
        self._call = call

    def open(self, files: Mapping[str, bytes], *asked: Any) -> MortalSession:
        return MortalSession(self._sandbox.open(files, *asked), self._call)


@pytest.mark.parametrize("call", range(1, 8), ids=["1st", "2nd", "3rd", "4th", "probe", "chained", "chained64"])
def test_a_function_that_crashes_at_any_of_its_calls_affects_only_itself(
    sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str, call: int
) -> None:
    """Four cases, one upstream gradient changed, the chained pass in float32 and float64."""
    mortal = MortalSandbox(sandbox, call)
    rows = list(start_grading(mlp, submission(solution_source), mortal, cases=mlp_cases).rows())  # type: ignore[arg-type]
    assert [(row.name, row.verdict) for row in rows if not row.correct] == [("dprobs", Verdict.KILLED)]


def test_printed_output_reaches_the_row(graded: Callable[..., dict[str, Row]]) -> None:
    """Printing is how people debug."""
    rows = graded("def db2(dlogits):\n    print('hello', dlogits.shape[1])\n    return dlogits.sum(0)", only=("db2",))
    assert "hello 27" in rows["db2"].printed


def test_without_an_explanation_the_verdict_is_the_same(graded: Callable[..., dict[str, Row]]) -> None:
    """Who verifies an exercise needs no more."""
    block = "def dprobs(dlogprobs, probs):\n    return -dlogprobs / probs"
    explained = graded(block, only=("dprobs",))["dprobs"]
    bare = graded(block, only=("dprobs",), explained=False)["dprobs"]
    assert explained.diagnosis is not None
    assert bare.diagnosis is None
    assert bare.verdict == explained.verdict == "wrong_values"
