"""What `grade audit` finds in the tests that instructors write otherwise: the plain pytest of `peers.py`, on the mlp.

    python benchmarks/own_tests.py [--mutants N]

The tests have the reference by autograd, and compare shape and `torch.allclose` of each gradient on one minibatch. The
script prints the tables of docs/test-suites.md: what these tests accept by kind of mistake, and what to add to them.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from measurement import ROOT, Parser
from peers import PYTEST, REFERENCE
from processes import GRADE, run

EXERCISE = ROOT / "exercises" / "mlp"
AT_MOST = 3 * 3600


def write_tests(folder: Path) -> None:
    """The tests, and the stubs of the file that they read."""
    (folder / "reference.py").write_text(REFERENCE.format(forward=str(EXERCISE / "forward.py")))
    (folder / "test_backward.py").write_text(PYTEST)
    (folder / "backward.py").write_bytes((EXERCISE / "backward.py").read_bytes())


def main() -> None:
    parser = Parser(__doc__)
    parser.add_amount("--mutants", full=200, quick=5, what="mutants of the solution")
    parser.add_amount("--jobs", full=2, quick=2, what="runs of the tests at a time")
    parser.add_amount("--seconds", full=AT_MOST, quick=20, what="time limit for all runs of the tests")
    options, measured = parser.begin()
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        (top / "suite").mkdir()
        write_tests(top / "suite")
        words = ["audit", "suite", "--exercise", "mlp", "-o", "found.json", "-j", str(options.jobs)]
        words += ["--mutants", str(options.mutants), "--time", str(options.seconds / 60)]
        done = run([*GRADE, *words], top, expected=(0, 1), seconds=AT_MOST + 600, SUBMISSIONS="backward.py")
        found = json.loads((top / "found.json").read_bytes())
    for kind, count in found["kinds"].items():
        if count["accepted"]:
            print(f"| `{kind}` | {count['accepted']} | {count['tried']} |")
    print()
    for gap in found["add"]:
        print(f"| {gap['mistakes']} | {gap['sentence']} |")
    tried = found["mistakes"]["tried"] + found["right_forms"]["tried"]
    print(f"\n{tried} tried in {done.wall:.0f} s, {found['not_tried']} not tried, {found['timed_out']} took too long")
    measured.figure("mistakes accepted", found["mistakes"]["accepted"], f"of {found['mistakes']['tried']}")
    measured.figure("right forms rejected", found["right_forms"]["rejected"], f"of {found['right_forms']['tried']}")
    measured.figure("runs per second", tried / done.wall, "1/s")
    measured.end()


if __name__ == "__main__":
    main()
