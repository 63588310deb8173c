"""Coverage-guided fuzzing of what reads a submission: archives, notebooks, sources, rules.

    python benchmarks/fuzz_reading.py --seconds 60

Needs atheris, which has wheels for Linux only. Ends with 0 when nothing was found in that time.
"""

from __future__ import annotations

import json
import mmap
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from measurement import ROOT, Parser, require

SUFFIXES = ("a.py", "backward.py", "a.ipynb", "a.zip")
COUNTER = struct.Struct("Q")
CHILD = """
import sys
from pathlib import Path
from fuzz_reading import fuzz
fuzz(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
"""


def fuzz(corpus: Path, counter: Path, seconds: int) -> None:
    """Fuzz in this process, which ends with it: atheris does not return."""
    import atheris

    with atheris.instrument_imports(include=["grader.sandbox", "zipfile"]):
        from grader.sandbox.reading.reading import read
        from grader.sandbox.types import RulesConfig

    with counter.open("r+b") as file:
        inputs = mmap.mmap(file.fileno(), COUNTER.size)

    def one_input(data: bytes) -> None:
        """The first byte chooses the kind of file."""
        COUNTER.pack_into(inputs, 0, COUNTER.unpack_from(inputs)[0] + 1)
        kind = data[0] if data else 0
        found = read({SUFFIXES[kind % 4]: data[1:]}, RulesConfig(enabled=kind < 128))
        problem = found.reading.problem
        if "(internal error:" in (problem or ""):
            raise AssertionError(problem)
        if problem is not None and found.pieces:
            raise AssertionError("a reading with a problem has no code")
        json.dumps(asdict(found.reading))

    limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus}/", str(corpus)], one_input)
    atheris.Fuzz()


def main() -> None:
    parser = Parser(__doc__)
    parser.add_amount("--seconds", full=60, quick=2, what="how long")
    options, measured = parser.begin()
    require("atheris", "machines")
    with tempfile.TemporaryDirectory() as scratch:
        corpus, counter = Path(scratch, "corpus"), Path(scratch, "counter")
        corpus.mkdir()
        counter.write_bytes(COUNTER.pack(0))
        files = sorted((ROOT / "tests" / "hostile" / "corpus").rglob("*.py"))
        for number, path in enumerate(files[::20] if options.quick else files):
            Path(corpus, str(number)).write_bytes(b"\x01" + path.read_bytes()[:4095])
        words = [str(corpus), str(counter), str(options.seconds)]
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", CHILD, *words], cwd=Path(__file__).parent, check=False)
        took = time.perf_counter() - begun
        (count,) = COUNTER.unpack(counter.read_bytes())
    measured.figure("inputs", count, "inputs")
    measured.figure("rate", count / took, "inputs/s")
    measured.figure("found", int(done.returncode != 0), "inputs")
    measured.end()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
