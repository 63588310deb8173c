"""The statements of forward() become its lines."""

from __future__ import annotations

import ast
from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from grader.exercise.forward import BrokenExercise, ForwardFile

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.line import Line

FILE = """\
import torch

def pair(a):
    return a + 1, a - 1

def inputs(seed, n=3):
    return {}

def forward(x, W, n):
BODY
    return locals()
"""


def read(folder: Path, body: str, packed: dict[str, str] | None = None) -> ForwardFile:
    """A forward pass of x, W and n with these statements."""
    path = folder / "forward.py"
    path.write_text(FILE.replace("BODY", indent(dedent(body).strip(), "    ")))
    return ForwardFile.read(path, packed=packed)


def lines(folder: Path, body: str, packed: dict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """What each variable is computed from; variables of one line are joined by a comma."""
    return {", ".join(line.outputs): line.reads for line in read(folder, body, packed).lines}


def code(folder: Path, body: str, packed: dict[str, str] | None = None) -> list[str]:
    """What each line runs."""

    def run(line: Line) -> str:
        return "; ".join(ast.unparse(statement) for statement in line.body or (line.code,))

    return [run(line) for line in read(folder, body, packed).lines]


class TestSteps:
    """Several statements that are differentiated as one line."""

    def test_a_loop_is_one_line(self, tmp_path: Path) -> None:
        """Its own names are no variables."""
        found = lines(
            tmp_path,
            """
            h = x
            for t in range(n):
                z = h @ W
                h = z.tanh()
            loss = h.sum()
            """,
        )
        assert found == {"h": ("x", "n", "W"), "loss": ("h",)}

    def test_a_name_assigned_again_joins_everything_in_between(self, tmp_path: Path) -> None:
        """Between two lines a name has one value."""
        found = lines(tmp_path, "h = x @ W\na = h.relu()\nh = h + a\nloss = h.sum()")
        assert found == {"h": ("x", "W"), "loss": ("h",)}

    @pytest.mark.parametrize(
        "change", ["y += 1", "y[0] = 1", "y.add_(1)", "torch.relu_(y)", "y.view(-1)[0] = 1", "torch.abs(y, out=y)"]
    )
    def test_a_change_in_place_belongs_to_what_it_changes(self, tmp_path: Path, change: str) -> None:
        """Whatever it is written like."""
        assert lines(tmp_path, f"y = x * 2\n{change}\nloss = y.sum()") == {"y": ("x",), "loss": ("y",)}

    def test_a_change_in_place_changes_the_value_under_all_its_names(self, tmp_path: Path) -> None:
        """`loss += b` changes a, too, so that a is no variable."""
        found = lines(tmp_path, "a = x.sum()\nb = W.sum()\nloss = a\nloss += b")
        assert found == {"loss": ("x", "W")}

    @pytest.mark.parametrize("kept", ["y = x.clone().add_(1)", "y = x.add(1)", "y = torch.empty(2).fill_(1) + x"])
    def test_a_change_of_a_new_value_changes_nothing_that_has_a_name(self, tmp_path: Path, kept: str) -> None:
        """So x may be an input."""
        assert lines(tmp_path, f"{kept}\nloss = y.sum()") == {"y": ("x",), "loss": ("y",)}

    def test_loops_may_use_the_same_names(self, tmp_path: Path) -> None:
        """They are theirs alone, so the loops are two lines."""
        body = """
        a = torch.zeros(n)
        for t in range(n):
            a[t] = x[t]
        b = torch.zeros(n)
        for t in range(n):
            b[t] = a[t] * 2
        loss = b.sum()
        """
        assert lines(tmp_path, body) == {"a": ("n", "x"), "b": ("n", "a"), "loss": ("b",)}

    def test_a_block_is_one_line(self, tmp_path: Path) -> None:
        """With the names that are read after it."""
        body = """
        with torch.no_grad():
            top = x.max()
            low = top - 1
        if n > 2:
            y = x - low
        else:
            y = x
        loss = y.sum()
        """
        assert lines(tmp_path, body) == {"low": ("x",), "y": ("n", "x", "low"), "loss": ("y",)}

    def test_a_function_in_a_block_may_return(self, tmp_path: Path) -> None:
        """Its `return` is not that of forward()."""
        body = """
        if n > 1:
            def twice(a):
                return a * 2
            y = twice(x)
        loss = y.sum()
        """
        assert lines(tmp_path, body) == {"y": ("n", "x"), "loss": ("y",)}

    def test_a_comment_makes_one_step_of_the_lines_after_it(self, tmp_path: Path) -> None:
        """Up to a blank line."""
        body = """
        a = x * 2
        # one step
        b = a + 1
        c = b * b

        d = c + a
        loss = d.sum()
        """
        assert lines(tmp_path, body) == {"a": ("x",), "c": ("a",), "d": ("c", "a"), "loss": ("d",)}

    def test_a_comment_that_says_more_is_a_comment(self, tmp_path: Path) -> None:
        """Such as one about a step of a cell."""
        found = lines(tmp_path, "# one step of the cell\na = x * 2\nb = a + 1\nloss = b.sum()")
        assert list(found) == ["a", "b", "loss"]

    def test_an_inputs_name_may_be_used_again_inside_one_step(self, tmp_path: Path) -> None:
        """The step ends where the name is read last: outside of it, x is the input."""
        body = """
        a = x @ W
        x = x + a
        b = x * 2
        x = x + b
        out = x
        """
        assert lines(tmp_path, body) == {"a": ("x", "W"), "out": ("x", "a"), "loss": ("out", "cot")}

    def test_a_step_is_shown_with_all_its_lines(self, tmp_path: Path) -> None:
        """As they stand in the file; where there is room for one, the first with dots."""
        (line, _) = read(tmp_path, "y = x * 2  # twice\ny += 1\nloss = y.sum()").lines
        assert line.text == "y = x * 2  # twice\ny += 1"
        assert line.head == "y = x * 2  # twice ..."
        assert line.number == 10


class TestContainers:
    """Lists, tuples and dicts of tensors, which have no gradient."""

    @pytest.mark.parametrize(
        ("made", "read"),
        [
            ("parts = x.chunk(2)", "parts[0]"),
            ("parts = [x, 2 * x]", "parts[1]"),
            ("parts = {'a': x}", "parts['a']"),
            ("parts = [x[t] for t in range(3)]", "torch.stack(parts)"),
            ("parts = x.max(1)", "parts.values"),
            ("parts = torch.topk(x, 2)", "parts[0]"),
            ("parts = pair(x)", "parts[0]"),
            ("parts = dict(a=x)", "parts['a']"),
            ("parts = lambda k: x[k]", "parts(0)"),
        ],
    )
    def test_a_line_that_reads_one_reads_what_is_in_it(self, tmp_path: Path, made: str, read: str) -> None:
        """So there is no line for the container."""
        assert lines(tmp_path, f"{made}\ny = {read} * W\nloss = y.sum()") == {"y": ("x", "W"), "loss": ("y",)}

    def test_what_is_taken_out_of_a_display_is_the_tensor_itself(self, tmp_path: Path) -> None:
        """So that the line says what it does."""
        body = "parts = {'a': x, 'b': W}\npair = [parts['b'], n]\ny = parts['a'] @ pair[-2]\nloss = y.sum()"
        assert code(tmp_path, body) == ["y = x @ W", "loss = y.sum()"]

    def test_a_list_that_a_loop_fills_is_put_into_what_stacks_it(self, tmp_path: Path) -> None:
        """A hidden state that is read, too, is a line of its own."""
        body = """
        hs = []
        h = x[0]
        for t in range(n):
            h = (h @ W).tanh()
            hs.append(h)
        H = torch.stack(hs)
        loss = H.sum() + h.sum()
        """
        assert lines(tmp_path, body) == {"h": ("x", "n", "W"), "H": ("x", "n", "W"), "loss": ("H", "h")}

    def test_a_value_made_again_with_a_list_does_not_replace_the_variable(self, tmp_path: Path) -> None:
        """The line reads h itself, not the h that the loop makes once more."""
        body = """
        hs = []
        h = x[0]
        for t in range(n):
            h = h * W
            hs.append(h)
        loss = (torch.stack(hs) + h).sum()
        """
        assert lines(tmp_path, body)["loss"] == ("x", "n", "W", "h")
        assert code(tmp_path, body)[1].startswith("_kept_h = h; ")
        assert "; h = _kept_h; loss = " in code(tmp_path, body)[1]

    def test_names_taken_out_of_a_tuple_are_variables(self, tmp_path: Path) -> None:
        """Of one line."""
        assert lines(tmp_path, "a, b = x.chunk(2)\nloss = (a * b).sum()") == {"a, b": ("x",), "loss": ("a", "b")}

    def test_a_name_that_a_comprehension_gives_is_not_replaced(self, tmp_path: Path) -> None:
        """It is another value."""
        body = "part = [x]\ny = sum(part * 2 for part in W)\nloss = y.sum()"
        assert code(tmp_path, body)[0] == "y = sum((part * 2 for part in W))"


class TestOtherForms:
    """Statements that are other ways to write lines."""

    def test_another_name_for_a_variable_is_no_variable(self, tmp_path: Path) -> None:
        """Autograd has one gradient for both."""
        found = read(tmp_path, "residual = x\nh = x @ W\ny = h + residual\nloss = y.sum()")
        assert [line.reads for line in found.lines] == [("x", "W"), ("h", "x"), ("y",)]
        assert found.aliases == {"residual": "x"}

    def test_a_walrus_is_a_line_of_its_own(self, tmp_path: Path) -> None:
        """Before the one that it stands in."""
        found = lines(tmp_path, "y = (z := x @ W).relu() * 2\nloss = y.sum() + z.sum()")
        assert found == {"z": ("x", "W"), "y": ("z",), "loss": ("y", "z")}

    def test_a_chained_assignment_gives_one_value_two_names(self, tmp_path: Path) -> None:
        """The first is the variable."""
        assert code(tmp_path, "a = b = x * 2\nloss = (a * b).sum()") == ["a = x * 2", "loss = (a * a).sum()"]

    def test_statements_that_compute_nothing_are_no_lines(self, tmp_path: Path) -> None:
        """An annotation is taken off."""
        body = "assert n > 1, 'too few'\ny: torch.Tensor = x * 2\nprint(y)\nlater: int\npass\nloss = y.sum()"
        assert code(tmp_path, body) == ["y = x * 2", "loss = y.sum()"]

    def test_what_follows_the_loss_is_left_out(self, tmp_path: Path) -> None:
        """No gradient comes from it."""
        assert lines(tmp_path, "loss = x.sum()\naccuracy = x.mean()") == {"loss": ("x",)}

    def test_without_a_loss_the_last_value_gets_a_cotangent(self, tmp_path: Path) -> None:
        """Whatever it is called."""
        found = read(tmp_path, "y = x * 2\nz = torch.zeros(n)\nfor t in range(n):\n    z[t] = y[t]")
        assert found.output == "z"
        assert found.lines[-1].text == "loss = (z * cot).sum()"
        assert found.parameters == ("x", "W", "n", "cot")

    def test_a_value_that_nobody_names_is_no_variable(self, tmp_path: Path) -> None:
        """An underscore is thrown away, however often."""
        body = "a, _ = x.max(1)\n_, b = x.min(1)\nk, *_ = x.shape\nloss = (a + b).sum() * k"
        assert lines(tmp_path, body) == {"a": ("x",), "b": ("x",), "k": ("x",), "loss": ("a", "b", "k")}

    def test_a_name_that_cannot_be_followed_is_part_of_the_lines_that_read_it(self, tmp_path: Path) -> None:
        """The author of the file says which, or `grade new` does."""
        body = "X = torch.fft.rfft(x)\nA, b = pair(X)\ny = torch.fft.irfft(X * A) + b\nloss = y.sum()"
        path = tmp_path / "forward.py"
        path.write_text(FILE.replace("BODY", indent(body, "    ")) + "INSIDE = ['X', 'A']\n")
        found = ForwardFile.read(path)
        assert [(line.outputs, line.reads) for line in found.lines] == [
            (("b",), ("x",)),
            (("y",), ("x", "b")),
            (("loss",), ("y",)),
        ]

    def test_parameters_that_are_collected_are_refused(self, tmp_path: Path) -> None:
        """They have no names."""
        path = tmp_path / "forward.py"
        path.write_text(FILE.replace("x, W, n", "x, *Ws").replace("BODY", "    loss = x.sum()"))
        with pytest.raises(BrokenExercise, match=r"forward.py:9: Ws collects several parameters of forward\(\); give"):
            ForwardFile.read(path)


class TestInputsThatHoldSeveral:
    """A dict of parameters, whose tensors are inputs of their own."""

    PACKED = {"W": "{'a': Wa, 'b': [b0, b1]}"}  # noqa: RUF012 not changed

    def test_each_tensor_is_an_input(self, tmp_path: Path) -> None:
        """Lines read them by their own names."""
        found = read(tmp_path, "y = x @ W['a']\nz = y + W['b'][1]\nloss = z.sum()", self.PACKED)
        assert found.parameters == ("x", "Wa", "b0", "b1", "n")
        assert [line.reads for line in found.lines] == [("x", "Wa"), ("y", "b1"), ("z",)]

    def test_two_inputs_of_the_same_name_are_refused(self, tmp_path: Path) -> None:
        """Else both would be the same tensor: two layers with one weight."""
        with pytest.raises(BrokenExercise, match="PACKED gives two inputs the name b"):
            read(tmp_path, "loss = x", {"W": "[{'b': b}, {'b': b}]"})

    def test_a_tensor_may_be_taken_out_under_its_own_name(self, tmp_path: Path) -> None:
        """Then that statement says nothing."""
        body = "Wa = W['a']\nb0, b1 = W['b']\ny = x @ Wa + b0 + b1\nloss = y.sum()"
        assert code(tmp_path, body, self.PACKED) == ["y = x @ Wa + b0 + b1", "loss = y.sum()"]

    def test_a_loop_over_them_reads_them_all(self, tmp_path: Path) -> None:
        """It is one step."""
        body = "h = x\nfor b in W['b']:\n    h = h + b\nloss = h.sum()"
        assert lines(tmp_path, body, self.PACKED) == {"h": ("x", "b0", "b1"), "loss": ("h",)}

    def test_forward_is_called_with_the_dict(self, tmp_path: Path) -> None:
        """Put together again from the tensors."""
        found = read(tmp_path, "y = x + W['a'] * 10 + W['b'][1] * 100\nloss = y", self.PACKED)
        module: dict[str, object] = {}
        exec(found.source, module)
        module["inputs"] = lambda seed: {"x": seed, "W": {"a": 2, "b": [5, 3]}, "n": 4}
        drawn = found.inputs(module, 1, {})
        assert drawn == {"x": 1, "Wa": 2, "b0": 5, "b1": 3, "n": 4}
        assert found.forward(module, drawn)["loss"] == 321

    def test_another_number_of_tensors_is_refused(self, tmp_path: Path) -> None:
        """The list says how many there are, so a size may not change it."""
        found = read(tmp_path, "loss = x", self.PACKED)
        module = {"inputs": lambda seed: {"x": seed, "W": {"a": 2, "b": [5]}, "n": 4}, "forward": lambda x, W, n: {}}
        with pytest.raises(BrokenExercise, match="W has 2 tensors, expected 3 as in PACKED"):
            found.inputs(module, 1, {})
