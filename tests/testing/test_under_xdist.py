"""What grader.testing finds does not depend on the process that it runs in, or on what ran there before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS, WRONG = 100, 20
SUITE = f"""\
import os
import random
from pathlib import Path

import pytest
from layer_implementations import layers

from grader.testing import compare_backward

ALL = [implementation for layer in layers() for implementation in layer.implementations]
RIGHT = [implementation for implementation in ALL if implementation.is_right]
WRONG = random.Random(0).sample([implementation for implementation in ALL if not implementation.is_right], {WRONG})
CHOSEN = (RIGHT + RIGHT + RIGHT)[: {LAYERS - WRONG}] + WRONG


@pytest.mark.parametrize("number", range(len(CHOSEN)))
def test_layer(number):
    implementation = CHOSEN[number]
    layer = implementation.layer
    found = compare_backward(
        implementation.forward, implementation.make(), inputs=layer.inputs, returns=layer.returns, seed=number
    )
    Path(os.environ["FOUND"], str(number)).write_text(f"{{implementation.name}}\\n{{found}}\\n")
    assert found.right
"""


def run(suite: Path, *words: str) -> tuple[list[str], str]:
    """Run the suite: what was found for each layer, and pytest's last line."""
    found = suite.parent / "-".join(["found", *words])
    found.mkdir()
    folders = os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")])
    plain = ["-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:json-report", "-W", "ignore", "-c", os.devnull]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *words, "--rootdir", str(suite.parent), str(suite)],
        capture_output=True,
        text=True,
        timeout=190,
        check=False,
        env={**os.environ, "PYTHONPATH": folders, "FOUND": str(found), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-2000:] + done.stderr[-2000:]
    texts = [(found / str(number)).read_text(encoding="utf-8") for number in range(LAYERS)]
    return texts, done.stdout.splitlines()[-1].partition(" in ")[0]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_hundred_layers_get_the_same_verdicts_in_two_processes_as_in_one(tmp_path: Path) -> None:
    """Every sentence is the same, with pytest-xdist and without grader.testing having seen the layers in that order."""
    suite = tmp_path / "test_layers.py"
    suite.write_text(SUITE, encoding="utf-8")
    alone, counted = run(suite, "-p", "no:xdist")
    assert run(suite, "-n", "2") == (alone, counted)
    assert len(alone) == LAYERS
