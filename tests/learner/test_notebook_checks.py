"""`check`, `cmp` and `%%grade` in a notebook."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from kernels import run_cells

import grader.learner.notebook_checks as door
from grader import check, cmp

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise

SEED = 2147483647

FORWARD = """\
from grader import load_exercise
mlp = load_exercise("mlp")
values = mlp.inputs(2147483647, {})
for p in values.values():
    if p.is_floating_point():
        p.requires_grad_()
made = mlp.forward(values)
globals().update({name: value for name, value in made.items()})
for name in mlp.graded:
    made[name].retain_grad()
loss.backward()
"""


@pytest.fixture
def cells(mlp: Exercise) -> dict[str, Any]:
    """The variables of a notebook after its forward and backward pass."""
    namespace: dict[str, Any] = {}
    exec(FORWARD, namespace)
    return namespace


@pytest.fixture(autouse=True)
def warm(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the test session's sandbox."""
    monkeypatch.setattr(door, "_sandbox", lambda: sandbox)


class TestCmp:
    """The lecture's function."""

    def test_without_the_name_it_says_what_to_write(
        self, cells: dict[str, Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Not a traceback from inside."""
        cmp(cells["probs"].grad, cells["probs"].grad, cells["probs"])
        assert capsys.readouterr().out == 'cmp takes the name first: cmp("probs", dprobs, probs)\n'

    def test_prints_the_lectures_line(self, cells: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
        """Name, exact, approximate, maxdiff."""
        cmp("probs", cells["probs"].grad.clone(), cells["probs"])
        assert capsys.readouterr().out == "probs           | exact: True  | approximate: True  | maxdiff: 0.0\n"

    def test_a_wrong_shape_does_not_pass_by_broadcasting(
        self, cells: dict[str, Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The lecture's cmp prints True here."""
        cmp("bnmeani", cells["bnmeani"].grad[0], cells["bnmeani"])
        assert capsys.readouterr().out.startswith("bnmeani         | shape (64,), expected (1, 64)")

    def test_a_missing_value_is_a_message(self, cells: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
        """Nine of fifteen errors saved in public notebooks come from passing None to the lecture's cmp."""
        cmp("probs", None, cells["probs"])
        cmp("probs", cells["probs"].grad, cells["probs"].detach())
        cmp("probs", 3, cells["probs"])
        cmp("n", 3, 4)
        first, second, third, fourth = capsys.readouterr().out.splitlines()
        assert first == "probs           | dprobs is None: not started"
        assert second.endswith("call probs.retain_grad() before loss.backward()")
        assert third.endswith("dprobs is not a tensor but int")
        assert fourth.endswith("n is not a tensor but int")


class TestFlatValues:
    """`dprobs = ...` in a cell."""

    def test_are_compared_on_the_notebooks_own_minibatch(self, cells: dict[str, Any]) -> None:
        """Three columns, marked as not scored."""
        cells["dprobs"] = cells["probs"].grad.clone()
        text = repr(check(cells))
        assert "probs           | exact: True  | approximate: True  | maxdiff: 0.0" in text
        assert "mlp: 1 of 1 agree, 25 not written yet; on this notebook's own minibatch, not scored" in text

    def test_are_diagnosed_from_the_cells_source(self, cells: dict[str, Any]) -> None:
        """The line is read and graded in the sandbox."""
        line = "dcounts = counts_sum_inv * dprobs"
        cells["dprobs"] = cells["probs"].grad
        cells["dcounts"] = cells["counts_sum_inv"] * cells["dprobs"]
        found = check(cells, sources=["dprobs = (1.0 / probs) * dlogprobs\n" + line])
        assert not found.lines[1].fine
        assert found.lines[1].row is not None
        assert "counts" in "".join(found.lines[1].remarks)
        assert "forward.py" not in repr(found)

    def test_right_lines_after_a_wrong_gradient_are_not_blamed(self, cells: dict[str, Any]) -> None:
        """Neither their shape, nor advice that belongs to the other gradient."""
        cells["dcounts_sum_inv"] = cells["counts"] * cells["probs"].grad
        cells["dcounts_sum"] = -(cells["counts_sum"] ** -2) * cells["dcounts_sum_inv"]
        source = "dcounts_sum_inv = counts * dprobs\ndcounts_sum = -counts_sum**-2 * dcounts_sum_inv"
        assert repr(check(cells, "dcounts_sum", sources=[source])).splitlines()[:2] == [
            "counts_sum      | shape (32, 27), expected (32, 1)",
            "    its own lines are right; what they are computed from is not, or was not when the cell ran",
        ]

    def test_what_is_not_written_yet_gets_no_empty_table(self, cells: dict[str, Any]) -> None:
        """`dh = None # TODO` under `%%grade dh`."""
        cells["dh"] = None
        assert check(cells, "dh")._repr_html_() == "<p>mlp: dh is not written yet</p>"
        assert repr(check(cells)) == "mlp: 26 not written yet"

    def test_need_no_retained_gradients(self, cells: dict[str, Any], mlp: Exercise) -> None:
        """The exercise's forward pass runs on the notebook's inputs."""
        for name in mlp.graded:
            value = cells[name].detach()
            cells[f"d{name}"] = cells[name].grad
            cells[name] = value
        found = check(cells, "dh", "W1")
        assert [line.variable for line in found.lines] == ["h", "W1"]
        assert all(line.fine for line in found.lines)

    def test_a_stale_forward_value_is_named(self, cells: dict[str, Any]) -> None:
        """A later cell has overwritten h: every gradient that uses it would look wrong."""
        cells["dW2"] = cells["W2"].grad
        cells["h"] = cells["h"].detach() * 2
        assert "h is not what the forward pass computes from this notebook's inputs" in repr(check(cells))

    def test_a_gradient_accumulated_twice_is_not_trusted(self, cells: dict[str, Any]) -> None:
        """`p.grad = None` was forgotten."""
        right = cells["W2"].grad.clone()
        cells["W2"].grad = 2 * right
        cells["dW2"] = right
        found = check(cells)
        assert found.lines[0].fine
        assert "W2.grad is not the gradient of this forward pass" in repr(found)

    def test_a_name_that_is_not_a_gradient_is_reported(self, cells: dict[str, Any]) -> None:
        """In the words of the command line, and without an empty table."""
        found = check(cells, "dcuonts")
        assert repr(found) == "note: there is no mlp gradient dcuonts. Did you mean dcounts?"
        assert found._repr_html_() == "<p>note: there is no mlp gradient dcuonts. Did you mean dcounts?</p>"

    @pytest.mark.parametrize("call", ["check('dprobs')", "check('probs')", "check(dprobs)", "check(globals(), dprobs)"])
    def test_one_gradient_may_be_named_or_given(self, cells: dict[str, Any], call: str) -> None:
        """What comes to mind after `%%grade dprobs`; the variables are then those of the cell."""
        cells |= {"check": check, "dprobs": cells["probs"].grad.clone(), "dh": cells["h"].grad}
        exec(f"found = {call}", cells)
        assert repr(cells["found"]).splitlines()[0].startswith("probs           | exact: True")
        assert "mlp: 1 of 1 agree; " in repr(cells["found"])

    def test_without_arguments_all_are_checked(self, cells: dict[str, Any]) -> None:
        """`check()` means `check(globals())`."""
        cells |= {"check": check, "dprobs": cells["probs"].grad, "dh": cells["h"].grad}
        exec("found = check()", cells)
        assert "mlp: 2 of 2 agree, 24 not written yet" in repr(cells["found"])

    @pytest.mark.parametrize("value", ["None", "3", "probs", "[dprobs]", "dprobs"])
    def test_a_value_that_is_no_gradient_of_the_notebook_is_told_what_to_write(
        self, cells: dict[str, Any], value: str
    ) -> None:
        """Not a traceback from inside; the last one has two names."""
        cells |= {"check": check, "dprobs": cells["probs"].grad, "dcopy": cells["probs"].grad}
        exec("dcopy = dprobs", cells)
        exec(f"found = check({value})", cells)
        assert repr(cells["found"]) == (
            'note: give the name of the gradient: check("dprobs"), or check() for all of them'
        )

    def test_other_names_are_checked_all_the_same(self, cells: dict[str, Any]) -> None:
        """One typo does not hide the rest."""
        cells["dprobs"] = cells["probs"].grad
        text = repr(check(cells, "nope", "probs"))
        assert "there is no mlp gradient nope. Available: dlogprobs, " in text
        assert "mlp: 1 of 1 agree" in text

    def test_without_inputs_and_gradients_the_message_says_so(self, cells: dict[str, Any]) -> None:
        """There is no reference, so there are no columns."""
        bare = {"dprobs": cells["probs"].grad, "probs": cells["probs"].detach()}
        assert "call probs.retain_grad() before loss.backward()" in repr(check(bare, exercise="mlp"))


class TestFunctions:
    """`def dprobs(...)` in a cell."""

    def test_are_graded_in_the_sandbox(self, cells: dict[str, Any]) -> None:
        """The notebook's own function object is never called."""
        source = "def dprobs(dlogprobs, probs):\n    return dlogprobs / probs\ndef dh(dlogits):\n    return dlogits\n"

        def never(*_: object) -> None:
            raise AssertionError("called in the notebook")

        cells["dprobs"] = cells["dh"] = never
        found = check(cells, sources=["import torch", source])
        assert [line.fine for line in found.lines] == [True, False]
        assert "probs           | correct (a function, graded)" in repr(found)

    def test_the_last_version_of_a_cell_counts(self) -> None:
        """A history has every attempt."""
        attempts = ["x = 1", "def dprobs():\n    return 1", "def dprobs():\n    return 2", "", "x = 1"]
        assert door.latest(attempts) == ["def dprobs():\n    return 2", "x = 1"]


def test_the_table_escapes_the_learners_text(cells: dict[str, Any]) -> None:
    """A message may quote it."""
    row = {"name": "dprobs", "verdict": "raised", "problem": "<script>", "possible": 1, "points": 0, "diagnosis": None}
    line = door.CheckedLine("probs", None, None, row)
    shown = door.Checked("mlp", (line,))._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown


@pytest.mark.parametrize(
    ("error", "shown"),
    [(None, ["probs           | exact: True  | approximate: True  | maxdiff: 0.0"]), (NameError(), [])],
)
def test_grade_asks_of_ipython_what_the_oldest_has(
    cells: dict[str, Any], monkeypatch: pytest.MonkeyPatch, error: Exception | None, shown: list[str]
) -> None:
    """IPython 7.34, Colab's, has all of this; anything else would be an AttributeError here."""
    seen: list[str] = []
    magics: dict[str, Any] = {}
    shell = SimpleNamespace(
        user_ns=cells,
        history_manager=SimpleNamespace(input_hist_raw=["", "%load_ext grader"]),
        register_magic_function=lambda function, kind, name: magics.update({f"{kind} {name}": function}),
        run_cell=lambda cell: exec(cell, cells) or SimpleNamespace(error_in_exec=error, error_before_exec=None),
    )
    parts = {
        "IPython": SimpleNamespace(
            display=SimpleNamespace(display=lambda found: seen.append(repr(found).splitlines()[0]))
        ),
        "IPython.core": SimpleNamespace(),
        "IPython.core.getipython": SimpleNamespace(get_ipython=lambda: shell),
    }
    for name, part in parts.items():
        monkeypatch.setitem(sys.modules, name, part)
    door.load_ipython_extension(shell)
    magics["cell grade"]("", "dprobs = probs.grad")
    assert seen == shown


def test_the_notebooks_torch_keeps_its_threads(cells: dict[str, Any]) -> None:
    """Training in the next cell does not become slower."""
    before = torch.get_num_threads()
    cells["dprobs"] = cells["probs"].grad * 2
    check(cells, sources=["dprobs = 2*dlogprobs/probs"])
    assert torch.get_num_threads() == before


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_real_notebook_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run by nbclient in a real kernel: values, functions, the magic, the table."""
    sources = [
        FORWARD,
        "from grader import check, cmp\n%load_ext grader",
        "dlogprobs = torch.zeros_like(logprobs) if 0 else logprobs.grad\ndprobs = (1.0/probs) * dlogprobs",
        "cmp('probs', dprobs, probs)",
        "dcounts = counts_sum_inv * dprobs",
        "check(globals())",
        "%%grade\ndef dnorm_logits(dcounts, counts):\n    return counts * dcounts",
        "%%grade dnorm_logits\ndef dnorm_logits(dcounts, counts):\n    return dcounts",
        "%%grade dnope\ndnope = 1",
        "%%grade\ndata = 1\ndprobs = probs.grad",
    ]
    printed = run_cells(sources, tmp_path, monkeypatch)
    assert printed[3] == "probs           | exact: True  | approximate: True  | maxdiff: 0.0\n"
    assert "<table>" in printed[5]
    assert "mlp: 2 of 3 agree, 23 not written yet" in printed[5]
    assert "counts" in printed[5]
    assert "<td>✓</td><td>dnorm_logits</td>" in printed[6]
    assert "<td>✗</td><td>dnorm_logits</td>" in printed[7]
    assert "there is no mlp gradient dnope" in printed[8]
    assert "mlp: 1 of 1 agree" in printed[9]
    assert "no gradient of mlp data" not in printed[9]
