"""The table of docs/benchmarks.md, measured anew: `python benchmarks/docs_table.py [--write] [--python PATH ...]`.

Runs the commands below one after the other and prints a row for each figure; with --write the rows replace those of
the page. On two idle cores it takes about a quarter of an hour. Nothing else should run meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from measurement import ROOT, Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Figures = Mapping[str, float]
    Row = tuple[str, Callable[[Figures], str], Callable[[Figures], str]]

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = "| What | Figure | Beside it, in the same run | Command, date, machine |"
RULE = "|---|---|---|---|"
COMMANDS = (
    "sandbox.py steps",
    "peers.py",
    "watch.py",
    "batch.py split",
    "batch.py growth --size 1000",
    "cluster_model.py scale",
    "diagnosis.py table mlp",
    "verdicts.py table",
)


def _systems(f: Figures, name: str, show: Callable[[str], str], *ours: str) -> str:
    """What every system of `peers.py` came to that is not one of ours."""
    systems = [key.removesuffix(f": {name}") for key in f if key.endswith(f": {name}")]
    others = [system for system in systems if system not in ours and ": class" not in system]
    return ", ".join(f"{system} {show(system)}" for system in others)


def _once(f: Figures, system: str) -> str:
    return _both(f, system, "")


def _class(f: Figures, system: str) -> str:
    return _both(f, system, "class: ")


def _both(f: Figures, system: str, of: str) -> str:
    """Seconds of wall and CPU time, each with its ratio to `import torch`."""
    wall, cpu = (f"{system}: {of}{time}" for time in ("wall", "CPU"))
    parts = [(f[each], f[f"{each} beside import torch"]) for each in (wall, cpu)]
    return ", CPU ".join(f"{seconds:.1f} s ({ratio:.2f}x)" for seconds, ratio in parts)


def _caught(f: Figures, system: str) -> str:
    return f"{f[f'{system}: caught autograd'] + f[f'{system}: caught patched']:.0f}"


def _split(f: Figures, kind: str) -> str:
    steps = ("opening", "waiting", "checks", "documents")
    return ", ".join(f"{step} {f[f'{kind}: {step}']:.1f}" for step in steps)


TWO = "grade batch -j 2"
ROWS: dict[str, tuple[Row, ...]] = {
    "peers": (
        (
            "One correct submission of `mlp`, from a cold start; in brackets, times one `import torch`",
            lambda f: _once(f, "grade"),
            lambda f: (
                _systems(f, "CPU", lambda each: _once(f, each), "grade", "import torch", TWO)
                + f"; `import torch` {f['import torch: wall']:.1f} s, CPU {f['import torch: CPU']:.1f} s"
            ),
        ),
        (
            "A class of correct submissions; in brackets, each of them in times one `import torch`",
            lambda f: f"grade batch -j 1 {_class(f, 'grade')}, -j 2 {_class(f, TWO)}",
            lambda f: (
                _systems(f, "class: CPU", lambda each: _class(f, each), "grade", TWO)
                + f"; {f['submissions of the class']:.0f} submissions"
            ),
        ),
        (
            "Caught, of two submissions that cheat (one calls `loss.backward()`, one replaces `torch.allclose`)",
            lambda f: _caught(f, "grade"),
            lambda f: _systems(f, "caught patched", lambda each: _caught(f, each), "grade"),
        ),
    ),
    "watch": (
        (
            "Cold `grade mlp` of the worked solution",
            lambda f: f"{f['grade mlp / import torch']:.2f} times `import torch` ({f['grade mlp']:.0f} ms)",
            lambda f: f"`import torch` {f['import torch']:.0f} ms",
        ),
        (
            "The same with one core, and `grade mlp::dprobs` with two and with one",
            lambda f: (
                f"{f['grade mlp / import torch, one core']:.2f} times `import torch`, and "
                f"{f['grade mlp::dprobs / import torch']:.2f} and {f['grade mlp::dprobs / import torch, one core']:.2f}"
            ),
            lambda f: f"`import torch` {f['import torch, one core']:.0f} ms with one core",
        ),
        (
            "`grade --help`",
            lambda f: f"{f['grade --help / import click']:.2f} times `import click` ({f['grade --help']:.0f} ms)",
            lambda f: f"`import click` {f['import click']:.0f} ms",
        ),
        (
            "`grade watch`, from a save to the verdict on screen",
            lambda f: f"{f['grade watch']:.0f} ms; 90th percentile {f['grade watch, 90th percentile']:.0f} ms",
            lambda f: (
                f"a cold `grade mlp` {f['grade mlp / grade watch']:.0f} times that, "
                f"`--poll` {f['grade watch --poll']:.0f} ms"
            ),
        ),
        (
            "`grade watch` while nothing happens",
            lambda f: f"{f['grade watch, idle']:.2f} % of a core",
            lambda f: f"`--poll` {f['grade watch --poll, idle']:.2f} %",
        ),
    ),
    "batch split": (
        (
            "One correct submission in a warm worker",
            lambda f: f"{f['right: whole']:.1f} ms: {_split(f, 'right')}; {f['right: processor time']:.0f} ms CPU",
            lambda f: f"without the start {f['right: grading beside bare calls']:.2f} times its bare calls",
        ),
        (
            "One with three wrong gradients, each explained",
            lambda f: (
                f"{f['wrong in three: whole']:.1f} ms: {_split(f, 'wrong in three')}; "
                f"{f['wrong in three: processor time']:.0f} ms CPU"
            ),
            lambda f: f"without the start {f['wrong in three: grading beside bare calls']:.2f} times its bare calls",
        ),
    ),
    "batch growth": (
        (
            "A mixed class, two processes, start included",
            lambda f: f"{f['rate, start included']:.1f} submissions/s of {f['submissions']:.0f}",
            lambda _: "",
        ),
        (
            "The most memory that all its processes hold together, after the first tenth of the class",
            lambda f: f"{f['memory, the most after that']:.0f} MB",
            lambda f: f"after a tenth {f['memory after a tenth']:.0f} MB",
        ),
    ),
    "sandbox steps": (
        (
            "Starting a locked child: the fork, then locking it",
            lambda f: (
                f"{f['fork, until the grader has its handle']:.1f} and {f['from there until it is locked']:.1f} ms"
            ),
            lambda f: f"with the submission read {f['submission opened']:.1f} ms",
        ),
        (
            "One call into the sandbox, with a (32, 64) tensor each way",
            lambda f: f"{f['one call, (32, 64) there and back']:.2f} ms",
            lambda f: f"26 that travel together {f['26 calls that travel together']:.1f} ms",
        ),
    ),
    "cluster_model scale": (
        (
            "Two Dask workers on one machine",
            lambda f: f"{f['two workers beside one']:.2f} times one",
            lambda f: "the same reports" if f["reports identical"] else "other reports",
        ),
    ),
    "diagnosis table": (
        (
            "Diagnosing one wrong gradient of `mlp`",
            lambda f: f"{f['processor time, mean']:.1f} ms CPU on average",
            lambda f: f"longest {f['processor time, longest']:.0f} ms",
        ),
    ),
    "verdicts table": (
        (
            "`mlp`: labeled mistakes that score, correct formulations that do not",
            lambda f: f"{f['grade: wrong accepted']:.1f} %, {f['grade: right rejected']:.1f} %",
            lambda f: "; ".join(
                f"{name.removesuffix(': wrong accepted')}: {value:.1f} %, "
                f"{f[name.replace('wrong accepted', 'right rejected')]:.1f} %"
                for name, value in f.items()
                if name.endswith(": wrong accepted") and not name.startswith("grade:")
            ),
        ),
    ),
}
"""What the page says of a benchmark: what was measured, our figure, and what stands beside it."""


def rows(found: Mapping[str, Any]) -> list[str]:
    """The table's rows of one last line; none for a benchmark that the page does not have."""
    figures = {name: figure["value"] for name, figure in found["figures"].items()}
    machine, load = found["machine"], max(found["load"])
    where = f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, torch {machine['torch']}"
    command, peers, _ = found["command"].partition(" --python")
    command += " --python PEERS/bin/python" if peers else ""
    rest = f"`{command}`; {found['date']}; {where}, load {load:.1f}"
    return [
        f"| {what} | {ours(figures)} | {beside(figures)} | {rest} |"
        for what, ours, beside in ROWS.get(found["benchmark"], ())
    ]


def measured_rows(words: list[str]) -> list[str]:
    """Run one script and write its rows."""
    print("python benchmarks/" + " ".join(words), file=sys.stderr, flush=True)
    command = [sys.executable, "-W", "ignore", str(ROOT / "benchmarks" / words[0]), *words[1:]]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return rows(json.loads(done.stdout.splitlines()[-1]))


def replace_table(text: str, lines: list[str]) -> str:
    """The page with these rows in the place of its own."""
    before, head, rest = text.partition(HEAD)
    if not head:
        raise ValueError(f"{PAGE} has no table that begins with {HEAD}")
    after = [line for line in rest.splitlines()[1:] if not line.startswith("|")]
    return "\n".join([f"{before}{HEAD}", RULE, *lines, *after, ""])


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--write", action="store_true", help="replace the table of docs/benchmarks.md")
    parser.add_argument("--python", nargs="+", default=[], metavar="PATH", help="interpreters that have peers")
    options, measured = parser.begin()
    commands = [command.split() for command in (COMMANDS[:1] if options.quick else COMMANDS)]
    lines = []
    for script, *words in commands:
        more = ["--python", *options.python] if script == "peers.py" and options.python else []
        lines += measured_rows([script, *words, *more, *(["--quick"] if options.quick else [])])
    print(HEAD, RULE, *lines, sep="\n")
    if options.write:
        PAGE.write_text(replace_table(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")
    measured.figure("rows", len(lines), "rows")
    measured.end()


if __name__ == "__main__":
    main()
