"""Coverage-guided fuzzing of what reads a submission: archives, notebooks, sources, rules.

    python benchmarks/fuzz_reading.py --seconds 60

Ends with 0 when nothing was found in that time, or when atheris is not installed (it says so).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    import atheris
except ImportError:
    print("atheris is not installed (it has wheels for Linux only): nothing was fuzzed")
    sys.exit(0)

with atheris.instrument_imports(include=["grader.sandbox", "zipfile"]):
    from grader.sandbox.reading.reading import read
    from grader.sandbox.types import RulesConfig

SUFFIXES = ("a.py", "backward.py", "a.ipynb", "a.zip")


def one_input(data: bytes) -> None:
    """The first byte chooses the kind of file."""
    kind = data[0] if data else 0
    found = read({SUFFIXES[kind % 4]: data[1:]}, RulesConfig(enabled=kind < 128))
    problem = found.reading.problem
    if "(internal error:" in (problem or ""):
        raise AssertionError(problem)
    if (found.code is None) != (problem is not None):
        raise AssertionError("a reading without code has a problem, and only that")
    json.dumps(asdict(found.reading))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as corpus:
        for number, path in enumerate(sorted((ROOT / "tests" / "hostile" / "corpus").rglob("*.py"))):
            Path(corpus, str(number)).write_bytes(b"\x01" + path.read_bytes()[:4095])
        limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus}/", corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
