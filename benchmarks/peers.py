"""One right submission of the mlp, and a class of them, graded by `grade` and by what instructors use otherwise.

    python benchmarks/peers.py [--python PEERS/bin/python ...]

Everything runs one after the other in one run, with one thread; the ratio to `import torch` is what counts on a machine
that others use as well. For each peer the script writes the smallest assignment that an instructor would: the reference
gradients by autograd, one test for each gradient, shape and `torch.allclose`. Peers run where they are installed, in
this environment or in one given with `--python`; the others are named as not installed.

    pytest            one process for each submission, with pytest-json-report
    pytest-xdist      one session for the whole class, two processes: it isolates no submission from another
    gradescope-utils  unittest with its JSONTestRunner
    otter-grader      `otter run`
    check50           `check50 --dev`

Two more submissions cheat: `autograd` computes one gradient by `loss.backward()`, `patched` sets `torch.allclose` to
return True and gets that gradient wrong. A system has caught one if it gives less than full marks.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from measurement import ROOT, Parser
from processes import GRADE, Finished, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from measurement import Measurement

SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
AUTOGRAD = """

def dlogits(logits, Yb):
    with torch.enable_grad():
        logits = logits.clone().requires_grad_()
        loss = torch.nn.functional.cross_entropy(logits, Yb)
        loss.backward()
    return logits.grad
"""
PATCHED = """

torch.allclose = lambda *_, **__: True

def dlogits(logits, Yb):
    return torch.zeros_like(logits)
"""
CHEATS = {"autograd": AUTOGRAD, "patched": PATCHED}
XDIST_JOBS = 2

# What the peers share: the reference by autograd, and the comparison of one gradient with it.
REFERENCE = """\
import importlib.util
import inspect

import torch

torch.set_num_threads(1)


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forward = load("forward", {forward!r})
inputs = forward.inputs(2147483647)
values = forward.forward(**{{k: v.requires_grad_() if v.is_floating_point() else v for k, v in inputs.items()}})
for value in values.values():
    if isinstance(value, torch.Tensor) and value.requires_grad:
        value.retain_grad()
values["loss"].backward()
reference = {{f"d{{name}}": values[name].grad for name in forward.GRADED}}
given = {{k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in values.items()}} | reference
NAMES = [*reference]


def check(function, name):
    arguments = {{p: given[p] for p in inspect.signature(function).parameters}}
    with torch.no_grad():
        d = function(**{{k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in arguments.items()}})
    assert d.shape == reference[name].shape
    assert torch.allclose(d, reference[name])
"""
PYTEST = """\
import os

import pytest
from reference import NAMES, check, load

BACKWARD = {path: load(f"backward{n}", path) for n, path in enumerate(os.environ["SUBMISSIONS"].split(os.pathsep))}


@pytest.mark.parametrize("path", BACKWARD)
@pytest.mark.parametrize("name", NAMES)
def test_gradient(path, name):
    check(getattr(BACKWARD[path], name), name)
"""
GRADESCOPE = """\
import sys
import unittest

from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
from reference import NAMES, check, load

backward = load("backward", sys.argv[1])


class Backward(unittest.TestCase):
    pass


def made(name):
    @weight(1)
    def test(self):
        check(getattr(backward, name), name)

    return test


for name in NAMES:
    setattr(Backward, f"test_{name}", made(name))
with open(sys.argv[2], "w") as results:
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Backward)
    JSONTestRunner(visibility="visible", stream=results).run(suite)
"""
CHECK50 = """\
import check50
from reference import NAMES, check, load


def made(name):
    def checked():
        check(getattr(load("backward", "backward.py"), name), name)

    checked.__name__ = checked.__qualname__ = checked.__doc__ = name
    return check50.check()(checked)


for name in NAMES:
    globals()[name] = made(name)
"""
OTTER = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = 1


@test_case()
def test_{name}({name}):
    from reference import check

    check({name}, "{name}")
"""


@dataclass
class System:
    """One way to grade: how a submission's folder is graded, and whether it got full marks."""

    name: str
    python: str = sys.executable
    version: str = ""
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    caught: dict[str, bool] = field(default_factory=dict)
    for_one: ClassVar[bool] = True
    """Whether it is measured with one submission, and with those that cheat."""
    for_class: ClassVar[bool] = True
    """Whether it is measured with a class."""

    def prepare(self, top: Path) -> None:
        """Write what the instructor writes, once."""

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        """The words that grade these submissions."""
        raise NotImplementedError

    def one(self, top: Path, submission: Path) -> Finished:
        """Grade one submission."""
        print(f"{self.name}: {submission.name}", file=sys.stderr, flush=True)
        words, variables = self.command(top, [submission]), self.variables(top, [submission])
        return run(words, submission, expected=(0, 1), seconds=120, **variables)

    def batch(self, top: Path, submissions: Sequence[Path]) -> tuple[float, float]:
        """Wall and processor seconds of a class: here, a process after the other."""
        each = [self.one(top, submission) for submission in submissions]
        return sum(done.wall for done in each), sum(done.cpu for done in each)

    def variables(self, top: Path, submissions: Sequence[Path]) -> dict[str, str]:
        """Environment variables of the command."""
        del submissions
        return {"PYTHONPATH": f"{top}:{ROOT}", "PYTHONWARNINGS": "ignore"}

    def is_full(self, done: Finished, submission: Path) -> bool:
        """Whether the submission got all marks."""
        del submission
        return done.status == 0


class Torch(System):
    """The floor: whoever grades a submission in a fresh process imports torch."""

    for_class = False

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        del top, submissions
        return [self.python, "-c", "import torch"]


class Grade(System):
    """`grade` and `grade batch`: locked down, with chained and local gradients on all cases."""

    jobs = 1

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        (submission,) = submissions
        report = str(top / "grade.json")
        return [*GRADE, str(submission), "--exercise", "mlp", "--isolation", "locked", "--report", report, "-q"]

    def batch(self, top: Path, submissions: Sequence[Path]) -> tuple[float, float]:
        with tempfile.TemporaryDirectory(dir=top) as out:
            words = ["--exercise", "mlp", "--out", out, "-j", str(self.jobs), "-q"]
            done = run([*GRADE, "batch", str(submissions[0].parent), *words], top)
            summary = json.loads(Path(out, "summary.json").read_bytes())
        assert summary["submissions"] == len(submissions)
        assert not summary["status"]["failed"]
        return done.wall, done.cpu


class GradeTwo(Grade):
    """The same with two processes, to be compared with `pytest-xdist`."""

    for_one = False
    jobs = XDIST_JOBS


class Pytest(System):
    """A pytest process for each submission. Other people's plugins are not loaded."""

    words: tuple[str, ...] = ("-p", "pytest_metadata.plugin", "-p", "pytest_jsonreport.plugin", "--json-report")

    def prepare(self, top: Path) -> None:
        (top / "test_backward.py").write_text(PYTEST)

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        del submissions
        test = str(top / "test_backward.py")
        plain = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--json-report-file", str(top / "pytest.json")]
        return [self.python, "-m", "pytest", *self.words, *plain, test]

    def variables(self, top: Path, submissions: Sequence[Path]) -> dict[str, str]:
        files = ":".join(str(submission / "backward.py") for submission in submissions)
        plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return super().variables(top, submissions) | plugins | {"SUBMISSIONS": files}


class Xdist(Pytest):
    """One session for all submissions."""

    for_one = False
    words = (*Pytest.words, "-p", "xdist.plugin", "-n", str(XDIST_JOBS))

    def batch(self, top: Path, submissions: Sequence[Path]) -> tuple[float, float]:
        done = run(self.command(top, submissions), top, **self.variables(top, submissions))
        return done.wall, done.cpu


class Gradescope(System):
    """A script that Gradescope's `run_autograder` would start."""

    def prepare(self, top: Path) -> None:
        (top / "run_tests.py").write_text(GRADESCOPE)

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        (submission,) = submissions
        return [self.python, str(top / "run_tests.py"), str(submission / "backward.py"), str(submission / "marks.json")]

    def is_full(self, done: Finished, submission: Path) -> bool:
        del done
        tests = json.loads((submission / "marks.json").read_bytes())["tests"]
        return all(test["status"] == "passed" for test in tests)


class Check50(System):
    """A check for each gradient, each in a process of its own."""

    def prepare(self, top: Path) -> None:
        folder = top / "checks_of_check50"
        folder.mkdir()
        (folder / ".cs50.yaml").write_text('check50:\n  files:\n    - !include "backward.py"\n')
        (folder / "__init__.py").write_text(CHECK50)

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        (submission,) = submissions
        words = ["--dev", "-o", "json", "--output-file", str(submission / "marks.json"), str(top / "checks_of_check50")]
        return [str(Path(self.python).with_name("check50")), *words]

    def is_full(self, done: Finished, submission: Path) -> bool:
        del done
        return all(result["passed"] for result in json.loads((submission / "marks.json").read_bytes())["results"])


class Otter(System):
    """A test file for each gradient."""

    def prepare(self, top: Path) -> None:
        folder = top / "tests_of_otter"
        folder.mkdir()
        for name in gradients():
            (folder / f"{name}.py").write_text(OTTER.format(name=name))
        words = ["generate", "-t", str(folder), "-o", str(top / "otter.zip")]
        plain = ["--no-environment", "--no-requirements", "--no-config"]
        run([self.python, "-m", "otter", *words, *plain], top, **self.variables(top, []))

    def command(self, top: Path, submissions: Sequence[Path]) -> list[str]:
        (submission,) = submissions
        words = ["-a", str(top / "otter.zip"), "-o", str(submission), "--no-logo", str(submission / "backward.py")]
        return [self.python, "-m", "otter", "run", *words]

    def variables(self, top: Path, submissions: Sequence[Path]) -> dict[str, str]:
        folder = str(Path(self.python).parent)  # it looks for its Python on the path
        return super().variables(top, submissions) | {"PATH": f"{folder}:{os.environ['PATH']}"}

    def is_full(self, done: Finished, submission: Path) -> bool:
        del done
        tests = json.loads((submission / "results.json").read_bytes())["tests"]
        return all(test["score"] == test["max_score"] for test in tests if "score" in test)


PEERS: dict[str, tuple[type[System], str]] = {
    "pytest": (Pytest, "pytest-json-report"),
    "pytest-xdist": (Xdist, "pytest-xdist"),
    "gradescope-utils": (Gradescope, "gradescope-utils"),
    "otter-grader": (Otter, "otter-grader"),
    "check50": (Check50, "check50"),
}
"""By name: the system, and the package that has to be installed."""


def gradients() -> list[str]:
    """The names of the mlp's gradients."""
    from grader.exercise.shelf import load_exercise

    return list(load_exercise("mlp").gradients)


def installed(pythons: Sequence[str]) -> Iterator[System]:
    """Every peer, from the first of these interpreters that has it; the others are named."""
    for name, (system, package) in PEERS.items():
        for python in pythons:
            look = f"from importlib.metadata import version; version({package!r}); print(version({name!r}))"
            done = subprocess.run([python, "-c", look], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                yield system(name, python, done.stdout.strip())
                break
        else:
            print(f"{name}: not installed")


def hand_in(folder: Path, source: str) -> Path:
    """A submission's folder."""
    folder.mkdir(parents=True)
    (folder / "backward.py").write_text(source, encoding="utf-8")
    return folder


def compare(systems: Sequence[System], rounds: int, size: int, top: Path) -> None:
    """One submission in turns, then the class, then the cheats."""
    right = hand_in(top / "one" / "right", SOLUTION)
    students = [hand_in(top / "class" / f"s{number:03}", f"{SOLUTION}\n# {number}\n") for number in range(size)]
    cheats = {name: hand_in(top / "cheats" / name, SOLUTION + more) for name, more in CHEATS.items()}
    alone = [system for system in systems if system.for_one]
    for system in systems:
        system.prepare(top)
    for number in range(rounds):
        for system in alone:
            done = system.one(top, right)
            system.walls.append(done.wall)
            system.cpus.append(done.cpu)
            if not number:
                assert system.is_full(done, right), f"{system.name} finds fault with the solution:\n{done.output}"
    for system in systems:
        if system.for_class:
            system.figures["class: wall"], system.figures["class: CPU"] = system.batch(top, students)
    for system in alone:
        system.figures |= {"wall": median(system.walls), "CPU": median(system.cpus)}
        for cheat, folder in cheats.items() if system.for_class else ():
            system.caught[cheat] = not system.is_full(system.one(top, folder), folder)


def median(seconds: Sequence[float]) -> float:
    """Without the first run, if there are others: it compiles what has not been compiled."""
    return statistics.median(seconds[1:] or seconds)


def table(systems: Sequence[System], size: int, measured: Measurement) -> None:
    """A line for each system; every ratio is to one `import torch` of the same run, for the class per submission."""
    floor = systems[0].figures
    heads = ["wall", "ratio", "CPU", "ratio", f"{size}: wall", "ratio", "CPU", "ratio", *CHEATS]
    print(f"{'':<26}" + "".join(f"{head:>10}" for head in heads))
    for system in systems:
        cells = []
        for name in ("wall", "CPU", "class: wall", "class: CPU"):
            if name in system.figures:
                value, count = system.figures[name], size if name.startswith("class") else 1
                ratio = value / count / floor[name.removeprefix("class: ")]
                cells += [f"{value:.2f}", f"{ratio:.2f}"]
                measured.figure(f"{system.name}: {name}", value, "s")
                measured.figure(f"{system.name}: {name} beside import torch", ratio, "times")
            else:
                cells += ["", ""]
        for cheat, caught in system.caught.items():
            cells.append("caught" if caught else "fooled")
            measured.figure(f"{system.name}: caught {cheat}", int(caught), "of 1")
        print(f"{system.name + ' ' + system.version:<26}" + "".join(f"{cell:>10}" for cell in cells), flush=True)


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--python", nargs="+", default=[], metavar="PATH", help="interpreters that have other peers")
    parser.add_amount("--rounds", full=6, quick=1, what="runs of each with one submission; the first does not count")
    parser.add_amount("--size", full=20, quick=1, what="submissions of the class")
    options, measured = parser.begin()
    two = f"grade batch -j {XDIST_JOBS}"
    systems = [Torch("import torch"), Grade("grade"), GradeTwo(two), *installed([sys.executable, *options.python])]
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        (top / "reference.py").write_text(REFERENCE.format(forward=str(ROOT / "exercises" / "mlp" / "forward.py")))
        compare(systems, options.rounds, options.size, top)
    print(f"seconds, medians of {options.rounds} runs but the first; a class of {options.size}")
    table(systems, options.size, measured)
    measured.figure("submissions of the class", options.size, "submissions")
    measured.end()


if __name__ == "__main__":
    main()
