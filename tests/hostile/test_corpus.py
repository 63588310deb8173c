"""Every attack of the corpus, with the rules and without: its verdicts, and that it leaves nothing behind."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import socket
import sys
import sysconfig
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bare import bare

from grader.sandbox.client import Sandbox
from grader.sandbox.limits import Level
from tests.hostile.attacks import Attack, attacks
from tests.hostile.targets import NEXT, SECRET, Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform != "linux", reason="the locked level needs Linux"),
]

ATTACKS = attacks()
WAYS = {
    "with-rules": (Sandbox, True),
    "without-rules": (Sandbox, False),
    "bare": (bare, False),
    "beside-numpy": (partial(Sandbox, imports=("numpy",)), False),
}
"""How to start a sandbox, and whether the rules apply. `bare` is for attacks that would fail for lack of names."""
_BECOME_SUBREAPER = 36


@pytest.fixture(scope="module")
def attacked(
    request: pytest.FixtureRequest,
    mlp: Exercise,
    mlp_cases: Cases,
    solution_source: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Range]:
    """A range, in one of the `WAYS`; checked for traces of any kind after the last attack."""
    start, rules = WAYS[request.param]
    adopt_orphans(yes=True)
    os.environ["GRADER_TEST_TOKEN"] = SECRET
    target = tmp_path_factory.mktemp("target")
    (target / "other.py").write_text("another submission")
    before = _children(), _descriptors(), _listings()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with start(timeout=1.0, submission_timeout=10.0, rules=rules) as sandbox:
            if sandbox.isolation.level < Level.LOCKED:
                pytest.skip(f"no locked level here: {sandbox.isolation.missing}")
            place = Range(sandbox, mlp, mlp_cases, solution_source, target, listener, request.param)
            yield place
            assert place.grade_honestly() == place.honest
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    adopt_orphans(yes=False)
    assert (_children(), _descriptors(), _listings()) == before
    assert {path.name: path.read_text() for path in target.iterdir()} == {"other.py": "another submission"}


def adopt_orphans(*, yes: bool) -> None:
    """Make orphans our children, so that they are seen; undone later, since dead ones stay listed."""
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, int(yes), 0, 0, 0)


def _children() -> set[str]:
    """Every process below this one that is not dead yet, as pid and name."""
    processes = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, _, rest = (folder / "stat").read_text().rpartition(")")
            except OSError:
                continue
            state, parent, *_ = rest.split()
            if state != "Z":
                processes[folder.name] = (parent, name)
    below = {str(os.getpid())}
    while more := {pid for pid, (parent, _) in processes.items() if parent in below} - below:
        below |= more
    return {f"{pid} {processes[pid][1]}" for pid in below - {str(os.getpid())}}


def _descriptors() -> list[str]:
    kept = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            kept.append(str(link.readlink()).split(":")[0])
        except OSError:
            continue
    return sorted(kept)


def _listings() -> list[str]:
    """Whatever an attack may have left where everybody can write, or in the installed packages."""
    folders = [Path(place) for place in ("/tmp", "/dev/shm", "/", sysconfig.get_path("purelib"), Path.cwd())]
    return sorted(str(path) for folder in folders for path in folder.iterdir() if "escaped" in path.name)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
@pytest.mark.parametrize("attacked", ["with-rules", "without-rules"], indirect=True)
def test_attack_gets_its_verdicts_and_changes_nothing_else(attacked: Range, attack: Attack) -> None:
    """The header's verdicts, nothing escaped, and the next submission's numbers unaffected."""
    stands(attacked, attack)


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.curtained], ids=lambda attack: attack.name)
@pytest.mark.parametrize("attacked", ["bare"], indirect=True)
def test_attack_that_finds_every_name_gets_its_verdicts_and_changes_nothing_else(
    attacked: Range, attack: Attack
) -> None:
    """With the rules and the curtain away, the locks alone hold."""
    stands(attacked, attack)


@pytest.mark.numpy
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
@pytest.mark.parametrize("attacked", ["beside-numpy"], indirect=True)
def test_attack_beside_numpy_gets_its_verdicts_and_changes_nothing_else(attacked: Range, attack: Attack) -> None:
    """A server that has imported numpy holds as well, without the rules."""
    stands(attacked, attack)


def stands(attacked: Range, attack: Attack) -> None:
    """Check an attack's verdicts, and that the next submission is graded as before."""
    rows = attacked.grade(attack.submission(attacked.solution, attacked.places()))
    assert attack.surprises(rows, rules=WAYS[attacked.way][1], curtain=attacked.way != "bare") == {}
    assert attacked.grade_honestly(NEXT) == attacked.honest_next


def test_the_corpus_is_complete() -> None:
    """Every file states an attack and an expectation; none has been lost."""
    assert len(ATTACKS) >= 150
    for attack in ATTACKS:
        assert attack.text.startswith("# attack: "), attack.name
        assert attack.expected(rules=True).keys() | attack.expected(rules=False).keys() > {"*"} or (
            "*=" in attack.text
        ), attack.name


def test_every_module_that_an_attack_names_exists() -> None:
    """An attack on a module that has moved would pass forever, and test nothing."""
    named = {name for attack in ATTACKS for name in re.findall(r"\bgrader(?:\.\w+)+", attack.text)}
    assert named
    assert [name for name in sorted(named) if importlib.util.find_spec(name) is None] == []
