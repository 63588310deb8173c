"""What the sandbox costs, beside what people do without one: `python benchmarks/sandbox.py [steps|rate|growth]`.

One submission here is the worked mlp's 26 gradients asked for twice, one question at a time: chained on its own
gradients, then local on the reference's; every answer is compared (exact, allclose, maxdiff). The whole verdict, with
all its cases, stands beside it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.sandbox.numerics import pin_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SOLUTION = ROOT / "solutions" / "mlp" / "backward.py"

# A harness as people write it: the reference by autograd, 52 calls, three figures each.
PLAIN = """
import inspect, sys, torch
sys.path.insert(0, {root!r})
from grader.exercise.shelf import load_exercise
module = load_exercise({exercise!r}).module
given = {{k: v.requires_grad_() if v.is_floating_point() else v for k, v in module.inputs(2147483647).items()}}
values = module.forward(**given)
for name in module.GRADED: values[name].retain_grad()
values["loss"].backward()
gradients = {{"d" + name: values[name].grad for name in module.GRADED}}
plain = {{k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in values.items()}}
scope = {{}}
exec(compile(open({solution!r}).read(), "backward.py", "exec"), scope)
known = {{}}
def one(function, upstream):
    parameters = inspect.signature(scope[function]).parameters
    answer = scope[function](**{{p: plain[p] if p in plain else upstream[p] for p in parameters}})
    expected = gradients[function]
    (answer == expected).all(), (answer - expected).abs().max().item()
    assert torch.allclose(answer, expected)
    return answer
"""
SCRIPT = (
    PLAIN
    + """
for name in module.GRADED: known["d" + name] = one("d" + name, known)
for name in module.GRADED: one("d" + name, gradients)
"""
)
PYTEST = (
    PLAIN
    + """
import pytest
@pytest.mark.parametrize("name", module.GRADED)
def test_chained(name): known["d" + name] = one("d" + name, known)
@pytest.mark.parametrize("name", module.GRADED)
def test_local(name): one("d" + name, gradients)
"""
)


class Problem:
    """Forward values, autograd's gradients, the order of the questions."""

    def __init__(self) -> None:
        import torch

        from grader.exercise.shelf import load_exercise

        module = load_exercise(ROOT / "exercises" / "mlp").module
        given = module.inputs(2147483647)
        leaves = {k: v.requires_grad_() if v.is_floating_point() else v for k, v in given.items()}
        values = {k: v for k, v in module.forward(**leaves).items() if isinstance(v, torch.Tensor | int)}
        self.graded = list(module.GRADED)
        for name in self.graded:
            values[name].retain_grad()
        values["loss"].backward()
        self.gradients = {"d" + name: values[name].grad for name in self.graded}
        self.values = {k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in values.items()}
        self.source = {"backward.py": SOLUTION.read_bytes()}

    def grade(self, sandbox: Any) -> int:
        """52 calls; how many were exact."""
        with sandbox.open(self.source) as session:
            session.pool("c0", self.values)
            known: dict[str, Any] = {}
            exact = sum(self.ask(session, "d" + name, known, known) for name in self.graded)
            return exact + sum(self.ask(session, "d" + name, self.gradients, {}) for name in self.graded)

    def ask(self, session: Any, function: str, upstream: dict[str, Any], known: dict[str, Any]) -> bool:
        """One question and its three figures."""
        import torch

        from grader.sandbox.types import Question

        names = [parameter.name for parameter in session.reading.functions[function].parameters]
        from_values = tuple(each for each in names if each in self.values)
        given = {each: upstream[each] for each in names if each not in self.values}
        [outcome] = session.ask([Question(function, "c0", from_values, given)])
        known[function] = answer = outcome.tensors[0]
        expected = self.gradients[function]
        torch.allclose(answer, expected)
        (answer - expected).abs().max().item()
        return bool((answer == expected).all())


def timed(act: Callable[[], Any], count: int) -> list[float]:
    """Milliseconds of each of so many runs."""
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - begun))
    return took


def say(what: str, milliseconds: Sequence[float]) -> None:
    """One line: median and rate."""
    middle = statistics.median(milliseconds)
    print(f"{what:44} {middle:9.2f} ms   {1000 / statistics.fmean(milliseconds):8.1f}/s", flush=True)


def steps(count: int) -> None:
    """A child's birth, its locks, one call, its end."""
    import torch

    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Question

    with Sandbox() as sandbox:
        print(sandbox.isolation.level, *sandbox.isolation.locks)
        forks, locks, ends = [], [], []
        for _ in range(count):
            begun = time.perf_counter()
            process = sandbox._running().start()  # noqa: SLF001
            forked = time.perf_counter()
            process.receive(1 << 10, time.monotonic() + 5)
            locked = time.perf_counter()
            process.end(gone=False)
            times = (forked - begun, locked - forked, time.perf_counter() - locked)
            for kept, seconds in zip((forks, locks, ends), times, strict=True):
                kept.append(1000 * seconds)
        say("fork, until the grader has its handle", forks)
        say("from there until it is locked", locks)
        say("killed and reaped", ends)
        files = {"backward.py": SOLUTION.read_bytes()}
        say("a submission opened (fork, locks, reading)", timed(lambda: sandbox.open(files).close(), count))
        with sandbox.open({"backward.py": b"def dx(dy):\n    return dy\n"}) as session:
            question = Question("dx", given={"dy": torch.ones(32, 64)})
            say("one call, (32, 64) there and back", timed(lambda: list(session.ask([question])), count * 10))
            many = [question] * 26
            say("26 calls that travel together", timed(lambda: list(session.ask(many)), count))


def rate(count: int) -> None:
    """Submissions a second, in this process and its server, on the cores that it has."""
    from grader.sandbox.client import Sandbox

    with Sandbox() as sandbox:
        problem = Problem()
        assert problem.grade(sandbox) == 2 * len(problem.graded)
        timed(lambda: problem.grade(sandbox), 5)
        before = _processor_seconds(sandbox)
        say("52 calls, locked", timed(lambda: problem.grade(sandbox), count))
        after = _processor_seconds(sandbox)
        used = [1000 * (new - old) / count for new, old in zip(after, before, strict=True)]
        print("  CPU ms each: grader {:.1f}, server {:.1f}, child {:.1f}; together".format(*used), f"{sum(used):.1f}")
        say("the whole verdict, all cases", timed(_verdict(sandbox), max(3, count // 10)))


def _verdict(sandbox: Any) -> Callable[[], object]:
    from grader.exercise.settings import Settings
    from grader.exercise.shelf import load_exercise
    from grader.grading.grading import start_grading
    from grader.grading.submission import read_submission

    exercise, submission = load_exercise(ROOT / "exercises" / "mlp"), read_submission(SOLUTION.parent)
    return lambda: list(start_grading(exercise, submission, sandbox, Settings()).rows())


def _processor_seconds(sandbox: Any) -> tuple[float, float, float]:
    """Grader, server, and the children it has reaped."""
    fields = Path(f"/proc/{sandbox._running().pid}/stat").read_text().rpartition(")")[2].split()  # noqa: SLF001
    user, system, child_user, child_system = (int(each) / os.sysconf("SC_CLK_TCK") for each in fields[11:15])
    return time.process_time(), user + system, child_user + child_system


def peers(count: int) -> None:
    """The same 52 calls without a sandbox."""
    facts = {"root": str(ROOT), "exercise": str(ROOT / "exercises" / "mlp"), "solution": str(SOLUTION)}
    with tempfile.TemporaryDirectory() as folder:
        script, test = Path(folder, "grade.py"), Path(folder, "test_backward.py")
        script.write_text(SCRIPT.format(**facts))
        test.write_text(PYTEST.format(**facts))
        python = [sys.executable, "-W", "ignore"]
        say("a fresh Python per submission", timed(lambda: _quietly([*python, str(script)]), count))
        command = [*python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(test)]
        say("pytest per submission", timed(lambda: _quietly(command), count))


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def two_cores(count: int) -> None:
    """Two graders side by side, each bound to its core."""
    command = [sys.executable, "-W", "ignore", __file__, "one", "--count", str(count), "--core"]
    begun = time.perf_counter()
    both = [subprocess.Popen([*command, str(core)], stdout=subprocess.PIPE, text=True) for core in (0, 1)]
    rates = [float(each.communicate()[0].rpartition(" ")[2]) for each in both]
    print(f"{'two graders on two cores':44} {'':12}   {sum(rates):8.1f}/s   (in {time.perf_counter() - begun:.0f} s)")


def one(count: int) -> None:
    """The bare rate, for `two_cores`."""
    from grader.sandbox.client import Sandbox

    with Sandbox() as sandbox:
        problem = Problem()
        timed(lambda: problem.grade(sandbox), 5)
        print(1000 / statistics.fmean(timed(lambda: problem.grade(sandbox), count)))


def growth(count: int) -> None:
    """Resident megabytes of grader and server over many submissions."""
    from grader.sandbox.client import Sandbox

    with Sandbox() as sandbox:
        problem = Problem()
        for done in range(count + 1):
            if done % max(1, count // 10) == 0:
                pids = (os.getpid(), sandbox._running().pid)  # noqa: SLF001
                sizes = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6 for pid in pids]
                files = len(list(Path("/proc/self/fd").iterdir()))
                print(f"{done:6}: grader {sizes[0]:.1f} MB, server {sizes[1]:.1f} MB, {files} descriptors", flush=True)
            problem.grade(sandbox)


def main() -> None:
    """Parse the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=["all", "steps", "rate", "growth", "one"])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--core", type=int, default=None, help="bind everything to this core")
    arguments = parser.parse_args()
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    pin_environment()
    print("load", *os.getloadavg(), file=sys.stderr)
    if arguments.what != "all":
        {"steps": steps, "rate": rate, "growth": growth, "one": one}[arguments.what](arguments.count)
        return
    steps(arguments.count)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    print("on one core:")
    rate(arguments.count)
    peers(max(3, arguments.count // 20))
    os.sched_setaffinity(0, cores)
    two_cores(arguments.count)


if __name__ == "__main__":
    main()
