"""How long a learner waits: cold `grade` of the solution, against importing torch and against a plain harness.

    python benchmarks/cold.py [ROUNDS]

Every command is started afresh; the commands take turns, so that whatever else the machine does hits all of them;
what counts are the ratios of the medians. The harness is what an instructor would write in an hour: one file with
26 parametrized tests of the same functions, run by pytest with pytest-json-report. It checks each gradient once, on
the given minibatch, in its own process, and trusts the code that it runs.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOLUTION = ROOT / "solutions" / "mlp"

HARNESS = """\
import importlib.util
import inspect

import pytest
import torch


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forward = load("forward", {forward!r})
backward = load("backward", {backward!r})
inputs = forward.inputs(2147483647)
values = forward.forward(**{{k: v.requires_grad_() if v.is_floating_point() else v for k, v in inputs.items()}})
for value in values.values():
    if isinstance(value, torch.Tensor) and value.requires_grad:
        value.retain_grad()
values["loss"].backward()
reference = {{name: v.grad for name, v in values.items() if isinstance(v, torch.Tensor) and v.requires_grad}}


@pytest.mark.parametrize("name", forward.GRADED)
def test_gradient(name):
    function = getattr(backward, f"d{{name}}")
    given = {{p: reference[p[1:]] if p not in values else values[p] for p in inspect.signature(function).parameters}}
    with torch.no_grad():
        d = function(**{{k: v.detach().clone() if isinstance(v, torch.Tensor) else v for k, v in given.items()}})
    assert d.shape == reference[name].shape
    assert torch.allclose(d, reference[name])
"""


@dataclass
class Command:
    """One command and what it took."""

    name: str
    words: list[str]
    folder: Path
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Once, cold, with its children counted."""
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(self.words, cwd=self.folder, capture_output=True, text=True, check=False)
        self.wall.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode:
            raise SystemExit(f"{self.name} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")


def commands(folder: Path) -> list[Command]:
    """What is compared."""
    python = sys.executable
    (folder / "test_gradients.py").write_text(
        HARNESS.format(forward=str(ROOT / "exercises/mlp/forward.py"), backward=str(SOLUTION / "backward.py"))
    )
    # As in an environment with nothing else installed: other people's plugins are not the harness's fault.
    plugins = ["-p", "pytest_metadata.plugin", "-p", "pytest_jsonreport.plugin"]
    harness = [python, "-m", "pytest", "-q", "test_gradients.py", "--json-report", *plugins]
    return [
        Command("import torch", [python, "-W", "ignore", "-c", "import torch"], folder),
        Command("grade solutions/mlp", [python, "-m", "grader", str(SOLUTION), "--exercise", "mlp"], folder),
        Command("plain harness", ["env", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", *harness], folder),
        Command("import click", [python, "-c", "import click"], folder),
        Command("grade --help", [python, "-m", "grader", "--help"], folder),
    ]


def main() -> None:
    """Take turns, then tell medians and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory() as folder:
        compared = commands(Path(folder))
        for command in compared:
            command.run()  # compiles what has not been compiled
            command.wall.clear()
            command.cpu.clear()
        for _ in range(rounds):
            for command in compared:
                command.run()
    tell(compared, rounds)


def tell(compared: list[Command], rounds: int) -> None:
    """A line for each command, and for each ratio the aim that it has."""
    print(f"median of {rounds} rounds, {os.cpu_count()} cores")
    for command in compared:
        wall, cpu = statistics.median(command.wall), statistics.median(command.cpu)
        print(f"{command.name:20s} {wall:7.3f} s wall  {cpu:7.3f} s CPU  (fastest {min(command.wall):.3f} s)")
    torch, grade, harness, click, help_ = compared
    for over, under, aim in ((grade, torch, 1.3), (grade, harness, 1.0), (harness, torch, None), (help_, click, 2.5)):
        ratio = statistics.median(over.wall) / statistics.median(under.wall)
        print(f"{over.name} / {under.name}: {ratio:.2f}" + (f" (aim: at most {aim})" if aim else ""))


if __name__ == "__main__":
    main()
