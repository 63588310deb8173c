"""What every script in this folder shares: the option `--quick`, the machine it ran on, and the last line it prints.

That line is one JSON object: `benchmark`, `command`, `quick`, `date`, `machine`, `load` (the one-minute load average
before and after) and `figures`, each with a `value` and a `unit`. Both forms of a script print the same figures.

Importing this module puts the checkout's `grader` on the path.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import os
import platform
import shlex
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

NOT_INSTALLED = 77
"""Exit status of a script whose optional packages are missing; the sentence on stderr names them."""


class Parser(argparse.ArgumentParser):
    """A script's arguments: one of its parts, `--quick`, and amounts with a default for each form.

    Args:
        description: the script's docstring.
        parts: the names of its subcommands, if it has any.
    """

    def __init__(self, description: str | None, parts: Sequence[str] = ()) -> None:
        super().__init__(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        self._amounts: dict[str, tuple[int, int]] = {}
        if parts:
            self.add_argument("part", choices=parts)
        self.add_argument("--quick", action="store_true", help="a run of seconds that shows the script still works")

    def add_amount(self, option: str, *, full: int, quick: int, what: str) -> None:
        """An integer option whose default depends on the form."""
        text = f"{what} (default: {full}, with --quick {quick})"
        self._amounts[self.add_argument(option, type=int, metavar="N", help=text).dest] = (full, quick)

    def begin(self, arguments: Sequence[str] | None = None) -> tuple[argparse.Namespace, Measurement]:
        """Parse the command line; the options, every amount filled in, and a measurement that begins now."""
        words = list(sys.argv[1:] if arguments is None else arguments)
        options = self.parse_args(words)
        for name, (full, quick) in self._amounts.items():
            if getattr(options, name) is None:
                setattr(options, name, quick if options.quick else full)
        return options, Measurement(script_name(), words, part=getattr(options, "part", ""), quick=options.quick)


class Measurement:
    """The figures of one run."""

    def __init__(self, script: str, words: Sequence[str], *, part: str = "", quick: bool) -> None:
        self._head = {
            "benchmark": f"{script} {part}".strip(),
            "command": shlex.join(["python", f"benchmarks/{script}.py", *words]),
            "quick": quick,
            "date": dt.datetime.now().astimezone().date().isoformat(),
            "machine": machine(),
        }
        self._load = os.getloadavg()[0]
        self._figures: dict[str, dict[str, Any]] = {}

    def figure(self, name: str, value: float, unit: str) -> None:
        """Keep one figure; its name and unit are the same in both forms."""
        self._figures[name] = {"value": round(value, 5), "unit": unit}

    def end(self) -> None:
        """Print the last line.

        Raises:
            ValueError: a figure is not finite.
        """
        load = [round(each, 2) for each in (self._load, os.getloadavg()[0])]
        print(json.dumps({**self._head, "load": load, "figures": self._figures}, allow_nan=False), flush=True)


def machine() -> dict[str, Any]:
    """The processor, how many cores this process may use, and the versions that decide about speed."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "torch": version_of("torch"),
    }


def version_of(package: str) -> str:
    """An installed package's version; empty if there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def require(module: str, extra: str) -> None:
    """End the script unless a package is installed that only an extra brings along."""
    if importlib.util.find_spec(module) is None:
        from grader.installation import how_to_install

        print(f"{script_name()}.py needs {module}: {how_to_install(extra)}", file=sys.stderr)
        sys.exit(NOT_INSTALLED)


def script_name() -> str:
    """The script that was started."""
    return Path(sys.argv[0]).stem


def _processor() -> str:
    """The model's name as Linux gives it, else what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
