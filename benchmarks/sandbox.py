"""What the sandbox costs: `python benchmarks/sandbox.py --help`.

One submission here is the mlp's 26 gradients asked for twice, one question at a time: chained on its own gradients,
then local on the reference's; every answer is compared (exact, allclose, maxdiff).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grader.sandbox.numerics import pin_environment

ROOT = Path(__file__).resolve().parents[1]


def problem() -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Forward values, autograd's gradients, and the order of the questions."""
    import torch

    from grader.exercise import load_exercise

    exercise = load_exercise(ROOT / "exercises" / "mlp")
    module = exercise.module
    given = module.inputs(2147483647)
    leaves = {k: v.clone().requires_grad_() if v.is_floating_point() else v for k, v in given.items()}
    values = {k: v for k, v in module.forward(**leaves).items() if isinstance(v, torch.Tensor | int)}
    graded = list(module.GRADED)
    for name in graded:
        values[name].retain_grad()
    values["loss"].backward()
    gradients = {"d" + name: values[name].grad for name in graded}
    plain = {k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in values.items()}
    return plain, gradients, graded


def grade(sandbox: Any, source: bytes, values: dict, gradients: dict, graded: list[str]) -> int:
    """One submission, 52 calls; how many were exact."""
    import torch

    from grader.sandbox.outcome import Question, RulesConfig

    right = 0
    with sandbox.open({"backward.py": source}, RulesConfig()) as session:
        session.pool("c0", values)
        functions = session.reading.functions
        for chained in (True, False):
            known: dict[str, Any] = {}
            for name in graded:
                function = "d" + name
                names = [parameter.name for parameter in functions[function].parameters]
                upstream = known if chained else gradients
                question = Question(
                    function,
                    values="c0",
                    from_values=tuple(each for each in names if each in values),
                    given={each: upstream[each] for each in names if each not in values},
                )
                [outcome] = session.ask([question])
                answer, expected = outcome.tensors[0], gradients[function]
                known[function] = answer
                right += bool((answer == expected).all())
                torch.allclose(answer, expected)
                (answer - expected).abs().max().item()
    return right


def throughput(count: int, **options: Any) -> None:
    """Submissions a second in this process."""
    from grader.sandbox.client import Sandbox

    with Sandbox(**options) as sandbox:
        values, gradients, graded = problem()
        source = (ROOT / "solutions" / "mlp" / "backward.py").read_bytes()
        print(sandbox.isolation.level, grade(sandbox, source, values, gradients, graded), "of 52 exact")
        for _ in range(5):
            grade(sandbox, source, values, gradients, graded)
        took = []
        before, begun = _processor_seconds(sandbox), time.perf_counter()
        for _ in range(count):
            start = time.perf_counter()
            grade(sandbox, source, values, gradients, graded)
            took.append(time.perf_counter() - start)
        wall, after = time.perf_counter() - begun, _processor_seconds(sandbox)
        grader, server, children = (1000 * (x - y) / count for x, y in zip(after, before, strict=True))
        print(
            f"{count / wall:.1f}/s, median {1000 * statistics.median(took):.1f} ms; CPU ms each: grader {grader:.1f}, "
            f"server {server:.1f}, child {children:.1f}, sum {grader + server + children:.1f}; "
            f"load {os.getloadavg()[0]:.1f}"
        )


def _processor_seconds(sandbox: Any) -> tuple[float, float, float]:
    """Grader, server, and the children it has reaped."""
    fields = Path(f"/proc/{sandbox._backend.pid}/stat").read_text().rpartition(")")[2].split()  # noqa: SLF001
    user, system, child_user, child_system = (int(each) / os.sysconf("SC_CLK_TCK") for each in fields[11:15])
    return time.process_time(), user + system, child_user + child_system


def main() -> None:
    """Parse the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--core", type=int, default=None, help="bind everything to this core")
    arguments = parser.parse_args()
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    pin_environment()
    throughput(arguments.count)


if __name__ == "__main__":
    main()
