"""Every measurement in benchmarks/ still runs, in its short form, and ends with a line that a program can read."""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def trees() -> dict[str, ast.Module]:
    """Every file in the folder, parsed."""
    return {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(BENCHMARKS.rglob("*.py"))}


def is_script(tree: ast.Module) -> bool:
    """Whether it ends with `if __name__ == "__main__"`."""
    last = tree.body[-1]
    return isinstance(last, ast.If) and ast.unparse(last.test) == "__name__ == '__main__'"


def parts(tree: ast.Module) -> list[str]:
    """The subcommands that a script lists in PARTS; a single empty one if it has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PARTS":
            return list(ast.literal_eval(node.value))
    return [""]


def imported(tree: ast.Module) -> set[str]:
    """The first parts of the names of all modules that are imported anywhere in a file."""
    nodes = list(ast.walk(tree))
    froms = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.partition(".")[0] for name in froms | plain}


COMMANDS = [(name, part) for name, tree in trees().items() if is_script(tree) for part in parts(tree)]


def test_a_file_is_a_script_or_is_used_by_one() -> None:
    """A file that no script imports, and that does not run by itself, measures nothing."""
    files = trees()
    used = {module for name, tree in files.items() for module in imported(tree) if module != name}
    idle = [name for name, tree in files.items() if not is_script(tree) and name not in used]
    assert not idle, f"give them `main`, or delete them: {idle}"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("script", "part"), COMMANDS, ids=[f"{script} {part}".strip() for script, part in COMMANDS])
def test_the_quick_form_ends_with_its_figures(
    script: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 0, a last line of these keys and finite figures, of which the rows of the docs' table can be made."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    command = [sys.executable, str(BENCHMARKS / f"{script}.py"), *part.split(), "--quick"]
    done = subprocess.run(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=380, check=False
    )
    if done.returncode == importlib.import_module("measurement").NOT_INSTALLED:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.keys() == {"benchmark", "command", "quick", "date", "machine", "load", "figures"}
    assert found["benchmark"] == f"{script} {part}".strip()
    assert found["command"].startswith(f"python benchmarks/{script}.py")
    assert found["quick"] is True
    assert dt.date.fromisoformat(found["date"])
    assert found["machine"].keys() == {"cpu", "cores", "python", "torch"}
    assert found["machine"]["torch"]
    assert found["figures"]
    for name, figure in found["figures"].items():
        assert figure.keys() == {"value", "unit"}, name
        assert math.isfinite(figure["value"]), name
        assert figure["unit"], name
    assert importlib.import_module("docs_table").rows(found) is not None
