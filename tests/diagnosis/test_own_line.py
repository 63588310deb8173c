"""A diagnosis names the learner's own line if exactly one can be meant, and none otherwise."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.diagnosis.explanations import explanation
from grader.diagnosis.kinds import Kind
from grader.diagnosis.own_line import _with_sizes, located
from grader.diagnosis.phrases import said
from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.types import Function, OwnLine
from grader.verdict.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox

    Graded = Callable[..., dict[str, Row]]


def yours(diagnosis: Any) -> str | None:
    """The text of the learner's line in a diagnosis."""
    line = diagnosis["evidence"].get("your_line")
    return None if line is None else str(line["text"])


@pytest.fixture
def line_of(graded: Graded) -> Callable[[str, str], str | None]:
    """The line that is named where the solution of the mlp has this function instead of its own."""

    def line_of(head: str, body: str) -> str | None:
        name = head.partition("(")[0]
        source = f"def {head}:\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
        diagnosis = graded(source, only=(name,))[name].diagnosis
        assert diagnosis is not None
        return yours(diagnosis)

    return line_of


DLOGPROBS = "dlogprobs(logprobs, Yb, n)"
DCOUNTS_SUM = "dcounts_sum(dcounts_sum_inv, counts_sum)"


def test_without_what_the_child_tells_a_diagnosis_stays_as_it_is(mlp: Exercise) -> None:
    """Of a function that is too long, and of one that runs in this process."""
    found = explanation(Kind.SIGN, "one_change", change=said("number_wrong", number=2))
    assert located(found, Evidence("h", Function("dh", "backward.py", 1, 2, ())), mlp) == found
    assert located(found, Evidence("h"), mlp) == found


class TestANumber:
    """The line with a number that is wrong."""

    @pytest.mark.parametrize("typed", ["-1.0/32", "-0.03125", "-32**-1", "-(1/32)"])
    def test_a_hard_coded_size_is_found(self, line_of: Any, typed: str) -> None:
        """However the size is written."""
        line = f"d[range(n), Yb] = {typed}"
        assert line_of(DLOGPROBS, f"d = torch.zeros_like(logprobs)\n{line}\nreturn d") == line

    def test_a_size_on_two_lines_is_not_told_apart(self, line_of: Any) -> None:
        """Either may be the wrong one."""
        body = "d = torch.zeros_like(logprobs)\nd[range(32), Yb] = 1\nreturn -d/32"
        assert line_of(DLOGPROBS, body) is None

    def test_a_small_number_is_not_taken_for_a_size(self) -> None:
        """It may be an axis; see `sum(2)`."""
        line = OwnLine(2, "g = dz.sum((0, 2))", ("g",), ("dz",), arguments=(0.0, 2.0), computes=True)
        assert _with_sizes({"2": "stride", "11": "width"}, [line]) == []

    def test_a_small_constant_is_found(self, line_of: Any) -> None:
        """Where the forward pass has none."""
        body = "square = counts_sum**2\nbelow = square + 1e-5\nreturn -dcounts_sum_inv/below"
        assert line_of(DCOUNTS_SUM, body) == "below = square + 1e-5"

    def test_a_wrong_small_constant_is_found(self, line_of: Any) -> None:
        """In place of another one."""
        body = "s = bnvar + 1e-3\np = s**-1.5\nreturn -0.5*p*dbnvar_inv"
        assert line_of("dbnvar(dbnvar_inv, bnvar)", body) == "s = bnvar + 1e-3"

    def test_an_exponent_is_found(self, line_of: Any) -> None:
        """Not a 3 that is something else."""
        body = "a = -1.0\npower = counts_sum**-3\nreturn (a*3/3)*power*dcounts_sum_inv"
        assert line_of(DCOUNTS_SUM, body) == "power = counts_sum**-3"

    def test_an_exponent_that_is_not_written_is_not_found(self, line_of: Any) -> None:
        """A 3 in another role is not taken for it."""
        body = "p = 1/counts_sum\np = p*p*p\nreturn -dcounts_sum_inv*p*3/3"
        assert line_of(DCOUNTS_SUM, body) is None


class TestAFunctionOfTheGradient:
    """The line that is not linear in an upstream gradient."""

    HEAD = "dh(dlogits, W2)"

    @pytest.mark.parametrize(
        "line", ["g = torch.relu(g)", "g = g.clamp(min=-1e-3)", "g = g * (g > 0)", "g = abs(g)", "g = g**2"]
    )
    def test_it_is_found(self, line_of: Any, line: str) -> None:
        """Also if the gradient has another name by then."""
        assert line_of(self.HEAD, f"g = dlogits @ W2.T\n{line}\nreturn g") == line

    def test_a_mask_of_a_forward_value_is_not_taken_for_it(self, line_of: Any) -> None:
        """It is no function of the gradient."""
        body = "mask = W2.abs() >= 0\ng = dlogits.clamp(min=0)\nreturn g @ (W2*mask).T"
        assert line_of(self.HEAD, body) == "g = dlogits.clamp(min=0)"

    def test_two_are_not_told_apart(self, line_of: Any) -> None:
        """Either may be the wrong one."""
        body = "g = dlogits.relu()\ng = g @ W2.T\nreturn g.relu()"
        assert line_of(self.HEAD, body) is None


class TestAMissingShare:
    """The line in which a gradient is added up without one of its shares."""

    HEAD = "dhprebn(dhpreact, bngain, bnvar_inv, n)"
    REST = "dbnmeani = -dbndiff.sum(0, keepdim=True)\nreturn dbndiff + dbnmeani/n"

    def test_it_is_found_by_the_gradient_s_name(self, line_of: Any) -> None:
        """In a function that covers several lines: what comes back through bndiff2 is missing from dbndiff."""
        body = f"dbnraw = bngain*dhpreact\ndbndiff = bnvar_inv*dbnraw\n{self.REST}"
        assert line_of(self.HEAD, body) == "dbndiff = bnvar_inv*dbnraw"

    def test_it_is_not_found_under_another_name(self, line_of: Any) -> None:
        """What the learner means by it is not known."""
        body = f"dbnraw = bngain*dhpreact\na = bnvar_inv*dbnraw\n{self.REST.replace('dbndiff', 'a')}"
        assert line_of(self.HEAD, body) is None

    def test_it_is_not_found_if_an_intermediate_result_may_be_wrong(self, line_of: Any) -> None:
        """The mistake may be there."""
        body = f"a = bngain*dhpreact\ndbndiff = bnvar_inv*a\n{self.REST}"
        assert line_of(self.HEAD, body) is None

    def test_it_is_not_found_if_two_lines_assign_the_gradient(self, line_of: Any) -> None:
        """The share may be missing from either."""
        body = f"dbndiff = bngain*dhpreact\ndbndiff = dbndiff*bnvar_inv\n{self.REST}"
        assert line_of(self.HEAD, body) is None


class TestTheOnlyLine:
    """A function in which only one statement computes anything."""

    @pytest.mark.parametrize(
        ("body", "line"),
        [
            ("return -dlogprobs/probs", "return -dlogprobs/probs"),
            ("return dlogprobs", "return dlogprobs"),
            ('"""Say."""\nprint(probs)\ng = dlogprobs*probs\nreturn g', "g = dlogprobs*probs"),
        ],
    )
    def test_it_is_named(self, line_of: Any, body: str, line: str) -> None:
        """Whatever the mistake."""
        assert line_of("dprobs(dlogprobs, probs)", body) == line

    def test_it_is_not_named_if_it_calls_a_function_of_the_learner_s_own(self, graded: Graded) -> None:
        """The mistake may be in that."""
        source = "def double(g): return 2*g\ndef dprobs(dlogprobs, probs): return double(dlogprobs)/probs\n"
        assert yours(graded(source, only=("dprobs",))["dprobs"].diagnosis) is None

    def test_of_several_none_is_named(self, line_of: Any) -> None:
        """Any of them may be wrong."""
        assert line_of("dprobs(dlogprobs, probs)", "a = 1.0/probs\nreturn -a*dlogprobs") is None


FORWARD = """
import torch

GRADED = ['out', 'x', 'h', 'w', 'u']
SIZES = [{'n': 8, 'd': 4}, {'n': 11, 'd': 7}, {'n': 5, 'd': 6}]

def inputs(seed, n=7, d=5):
    g = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(shape, generator=g)
    return {'x': draw(n, d), 'h': draw(n, d), 'w': draw(d, d), 'u': draw(d, d)}

def forward(x, h, w, u):
    z = x @ w + h @ u
    out = torch.tanh(z)
    return locals()
"""
SETTINGS = """
title = "RNN"
kind = "layer"

[form]
forward = "step_forward(x, h, w, u) -> out, cache"
backward = "step_backward(dout, cache) -> dx, dh, dw, du"
"""
SOLUTION = """
import torch

def step_forward(x, h, w, u):
    out = torch.tanh(x @ w + h @ u)
    return out, (x, h, w, u, out)

def step_backward(dout, cache):
    x, h, w, u, out = cache
    dz = dout * (1 - out**2)
    dx = dz @ w.T
    dh = dz @ u.T
    dw = x.T @ dz
    du = h.T @ dz
    return dx, dh, dw, du
"""


@pytest.fixture(scope="module")
def layer(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], dict[str, str | None]]:
    """The lines that are named where one line of the solution is another, by row."""
    folder = tmp_path_factory.mktemp("exercises") / "step"
    folder.mkdir()
    (folder / "forward.py").write_text(FORWARD, encoding="utf-8")
    (folder / "exercise.toml").write_text(SETTINGS, encoding="utf-8")
    exercise = Exercise(folder)
    cases = build_cases(exercise, Settings().seed)

    def lines(old: str, new: str) -> dict[str, str | None]:
        assert old in SOLUTION
        submission = Submission("test", Path("backward.py"), {"backward.py": SOLUTION.replace(old, new).encode()})
        rows = start_grading(exercise, submission, sandbox, Settings(), cases).document()["gradients"]
        return {row["name"]: yours(row["diagnosis"]) for row in rows if row["diagnosis"]}

    return lines


class TestALayer:
    """One function for several gradients, with steps that they share."""

    def test_a_gradient_that_is_passed_on_unchanged_is_found_by_its_name(self, layer: Any) -> None:
        """In the row of every gradient that is computed from it."""
        found = layer("dz = dout * (1 - out**2)", "dz = dout")
        assert found == dict.fromkeys(("dx", "dh", "dw", "du"), "dz = dout")

    def test_the_line_of_one_gradient_is_not_named_for_a_mistake_on_the_way(self, layer: Any) -> None:
        """Under a name that is not known, the step could be any line."""
        found = layer("dz = dout * (1 - out**2)", "g = dout * 1\n    dz = g")
        assert found == dict.fromkeys(("dx", "dh", "dw", "du"), None)

    def test_a_step_that_is_left_out_is_not_the_line_that_others_make_it_in(self, layer: Any) -> None:
        """dz is right; it is dw that is computed without it."""
        assert layer("dw = x.T @ dz", "dw = x.T @ dout") == {"dw": "dw = x.T @ dout"}

    def test_a_sum_that_is_missing_in_the_only_step_is_named(self, layer: Any) -> None:
        """What the forward pass has kept cannot be the cause."""
        line = "dw = (dout * (1 - out**2)).T @ x"
        assert layer("dw = x.T @ dz", line) == {"dw": line}

    def test_a_mistake_in_the_last_step_is_not_named_if_it_may_be_in_an_earlier_one(self, layer: Any) -> None:
        """The sign may have been lost in dz."""
        assert layer("dw = x.T @ dz", "dw = -x.T @ dz") == {"dw": None}
