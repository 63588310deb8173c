"""Bad input through the command: each gets one verdict, one sentence and the learner's line; the rest is graded."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from lent import Shared

from grader.exercise.settings import Settings
from grader.grading.plugin import pytest_addoption, settings_of
from grader.report.document import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Mistake:
    """What a learner's function does, and what the report says about it."""

    gradient: str
    body: str
    verdict: str
    sentence: str
    parameters: str | None = None
    line: int | None = 0
    """Counted from the `def`; None if it cannot be known."""


MISTAKES = (
    Mistake("dlogprobs", "return None", "not_started", "the function returned None"),
    Mistake("dprobs", "return 3.0", "wrong_type", "returned a float, expected a tensor"),
    Mistake("dcounts_sum_inv", "return counts * dprobs", "wrong_shape", "shape (32, 27), expected (32, 1)"),
    Mistake("dcounts_sum", "return dcounts_sum_inv.double()", "wrong_dtype", "expected torch.float32"),
    Mistake("dcounts", "d = counts_sum_inv * dprobs\nd[0, 0] = float('nan')\nreturn d", "non_finite", "not finite"),
    Mistake("dnorm_logits", "return (counts * dcounts).to_sparse()", "wrong_type", "returned a sparse tensor"),
    Mistake("dlogit_maxes", "return torch.empty((32, 1), device='meta')", "wrong_type", "a tensor on the meta device"),
    Mistake("dlogits", "return torch.nested.nested_tensor([logits[0]])", "wrong_type", "returned a nested tensor"),
    Mistake("dh", "return torch.quantize_per_tensor(W2, 0.1, 0, torch.qint8)", "wrong_type", "a quantized tensor"),
    Mistake("dW2", "class T(torch.Tensor): pass\nreturn (h.T @ dlogits).as_subclass(T)", "wrong_type", "subclass T"),
    Mistake("db2", "return dlogitz.sum(0)", "unknown_parameter", "Did you mean dlogits?", "dlogitz"),
    Mistake("dbngain", "return [dhpreact]", "wrong_type", "returned a list"),
    Mistake("dbnbias", "while True: pass", "timed_out", "did not finish within"),
    Mistake("dbnraw", "exit()", "raised", "SystemExit", line=1),
    Mistake("dbnvar_inv", "raise ValueError('no idea')", "raised", "raised ValueError: no idea (backward.py:", line=1),
    Mistake("dbnvar", "return dbnvar(dbnvar_inv, bnvar)", "raised", "raised RecursionError", line=1),
    Mistake("dbndiff2", "return dbnvar / 31 + 0*bndiff2", "hard_coded", "a size is hard-coded", "dbnvar, bndiff2"),
    Mistake("dbndiff", "return dbndiff", "unknown_parameter", "its own gradient, which is what it must", "dbndiff"),
    Mistake("dbnmeani", "return -dbndiff.sum(0)", "wrong_shape", "values are right: sum(0, keepdim=True)", "dbndiff"),
    Mistake("dhprebn", "import os\nos._exit(0)", "refused", "`os` cannot be imported", line=1),
    Mistake("dembcat", "return [1][3]", "raised", "IndexError: list index out of range", line=1),
    Mistake("db1", "return torch.zeros(dhprebn.shape[1])", "untestable", "zero up to rounding"),
    Mistake("demb", "return dembcat.backward()", "refused", "backward", line=1),
)  # fmt: skip

RIGHT = {
    "dhpreact": "dh *= 1 - h**2\nreturn dh",  # mutates its input, which changes nothing but the note
    "dW1": "print('hello')\nreturn embcat.T @ dhprebn",
    "dC": "return torch.zeros_like(C).index_add_(0, Xb.view(-1), demb.view(-1, C.shape[1])).T.contiguous().T",
}


def with_function(source: str, name: str, body: str, parameters: str | None = None) -> str:
    """A file in which one function has a different body."""
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == name)
    lines = source.splitlines()
    head = f"def {name}({parameters if parameters is not None else ast.unparse(node.args)}):"
    lines[node.lineno - 1 : node.end_lineno] = [head, *(f"    {line}" for line in body.splitlines())]
    return "\n".join(lines) + "\n"


def line_of(source: str, name: str) -> int:
    """The line where a function starts."""
    return next(n.lineno for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == name)


@dataclass
class Graded:
    """One run over a file full of mistakes."""

    source: str
    exit_code: int
    stdout: str
    report: dict[str, Any]

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """Rows by gradient."""
        return {row["name"]: row for row in self.report["grader"]["submissions"][0]["gradients"]}


@pytest.fixture(scope="module")
def graded(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All mistakes at once: none of them may affect another gradient."""
    source = SOLUTION
    for mistake in MISTAKES:
        source = with_function(source, mistake.gradient, mistake.body, mistake.parameters)
    for name, body in RIGHT.items():
        source = with_function(source, name, body)
    source += "\n\ndef dextra(x):\n    return x\n\n\ndef helper():\n    return 1\n"
    folder = tmp_path_factory.mktemp("bad")
    file = folder / "backward.py"
    file.write_text(source, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("grader.sandbox.client.Sandbox", lambda **_: Shared(sandbox))
        result = run("backward.py", "--exercise", "mlp", "--timeout", "1")
    return Graded(
        source, result.exit_code, result.stdout, json.loads((folder / "report.json").read_text(encoding="utf-8"))
    )


def run(*words: str) -> Result:
    """`grade` in this process."""
    from click.testing import CliRunner

    from grader.cli.main import main

    return CliRunner().invoke(main, words)


class TestOneFunctionIsBad:
    """One verdict, one sentence, one line."""

    @pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.gradient}-{mistake.verdict}")
    def test_gets_its_verdict_and_sentence(self, graded: Graded, mistake: Mistake) -> None:
        """What was found, what was expected, and the learner's own line."""
        row = graded.rows[mistake.gradient]
        assert row["verdict"] == mistake.verdict, row["problem"]
        assert mistake.sentence in row["problem"]
        if mistake.line is not None:
            assert row["line"] == line_of(graded.source, mistake.gradient) + mistake.line
        assert "\n" not in row["problem"]
        assert mistake.sentence.partition(" (backward")[0] in graded.stdout

    @pytest.mark.parametrize("name", RIGHT)
    def test_the_others_are_still_graded(self, graded: Graded, name: str) -> None:
        """A neighbor's endless loop costs nothing."""
        assert graded.rows[name]["correct"], graded.rows[name]["problem"]

    def test_a_mutated_input_is_noted(self, graded: Graded) -> None:
        """With the input's name."""
        assert any("changes dh in place" in note for note in graded.rows["dhpreact"]["notes"])

    def test_the_report_is_valid(self, graded: Graded) -> None:
        """Every verdict in one document."""
        schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(graded.report)
        assert graded.exit_code == 1

    def test_functions_without_a_variable_are_ignored(self, graded: Graded) -> None:
        """Dextra and helper get no row."""
        assert len(graded.rows) == 26


WHOLE_FILES = {
    "syntax error": ("def dprobs(:\n", "backward.py:1"),
    "empty": ("", "has no function dprobs"),
    "no utf-8": ("# \xff\xfe", "backward.py"),
    "null byte": ("def dprobs(probs):\n    return '\0'\n", "backward.py"),
}


class TestTheWholeFileIsBad:
    """26 rows with the same reason, a valid report, exit code 1."""

    @pytest.mark.parametrize("name", WHOLE_FILES)
    def test_gets_a_row_for_every_gradient(self, grade: Callable[..., Result], tmp_path: Path, name: str) -> None:
        """With a sentence that a learner can act on."""
        source, sentence = WHOLE_FILES[name]
        (tmp_path / "backward.py").write_bytes(source.encode("latin-1"))
        result = grade("backward.py", "--exercise", "mlp")
        assert result.exit_code == 1, result.output
        assert sentence in result.stdout
        assert "Traceback" not in result.output
        report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))).validate(report)
        rows = report["grader"]["submissions"][0]["gradients"]
        assert len(rows) == 26
        assert not any(row["correct"] for row in rows)


def test_the_plugin_has_the_same_defaults_as_a_run() -> None:
    """There is one set of defaults."""
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    assert settings_of(parser.parse_known_args([])) == Settings()
