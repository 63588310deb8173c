"""`grade list`, `grade show` and `grade init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete
from packs import shelf as folder_of_exercises

from grader.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Fill = Callable[..., Path]
    Grade = Callable[..., Result]

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "mlp"
TRACK = ["micrograd", "mlp", "cross_entropy", "batchnorm", "training"]
"""The lecture's."""


def test_list_shows_progress(grade: Grade, fill: Fill) -> None:
    """As of the last run."""
    assert "26 in all" in grade("list").stdout
    fill("dlogprobs")
    grade("mlp")
    assert "1 of 26" in grade("list").stdout


def test_list_gives_no_total_if_only_some_were_graded(grade: Grade, workspace: Path) -> None:
    """The others may be right or wrong."""
    grade("mlp::dprobs", "mlp::dlogits")
    lines = grade("list").stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("mlp "))
    assert lines[at].split()[:4] == ["mlp", "26", "in", "all"]
    assert lines[at + 1].strip() == "2 of them graded so far: 0 correct"


def test_list_begins_with_the_beginners_exercise_and_says_where_to_begin(
    grade: Grade, workspace: Path, fill: Fill
) -> None:
    """Until one gradient is correct."""
    lines = grade("list").stdout.splitlines()
    assert lines[1].startswith("micrograd ")
    assert "begin with micrograd if this is your first backward pass; mlp is the lecture's exercise" in lines
    fill("dlogprobs")
    grade("mlp")
    assert "begin with" not in grade("list").stdout


def test_list_has_a_heading_for_each_track(grade: Grade) -> None:
    """The lecture's first; a blank line stands between two tracks."""
    lines = grade("list").stdout.splitlines()
    assert lines[0] == "lecture: from one neuron to training with your own gradients"
    blocks = lines.index("blocks: the layers that networks are made of")
    assert lines[blocks - 1] == ""
    assert [line.split()[0] for line in lines[1 : blocks - 1]] == TRACK


def test_list_shows_one_track_without_a_heading(grade: Grade) -> None:
    """Whoever names it knows it; the parts of the lecture follow each other."""
    *lines, last = grade("list", "--track", "lecture").stdout.splitlines()
    assert [line.split()[0] for line in lines] == TRACK
    assert last.startswith("begin with micrograd")


def test_list_of_exercises_without_tracks_has_no_headings(grade: Grade, tmp_path: Path) -> None:
    """An author's own folder looks as it always did."""
    folder = folder_of_exercises(tmp_path / "own")
    assert grade("list", "--exercises", folder).stdout == "squares 2 in all  30 min  *      squares\n"


def test_list_of_a_workspace_has_one_line_for_each_track_that_it_lacks(grade: Grade, tmp_path: Path) -> None:
    """With the command that adds it; `--track` shows what is in it."""
    grade("init", ".", "--track", "lecture")
    shown = [" ".join(line.split()) for line in grade("list").stdout.splitlines()]
    assert [line.split()[0] for line in shown[:5]] == TRACK
    first = shown.index("not in this workspace; add one with `grade init . --track NAME`:") + 1
    assert shown[first].startswith("blocks 8 exercises the layers that")
    assert shown[first + 1] == "transformer 10 exercises GPT-2 and its relatives, piece by piece"
    assert "gpt2_block" in grade("list", "--track", "transformer").stdout


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("lectre", "Error: there is no track lectre. Did you mean lecture? Available: lecture, blocks, transformer"),
        ("x", "Error: there is no track x. Available: lecture, blocks, transformer"),
    ],
)
def test_an_unknown_track_is_a_usage_error(grade: Grade, tmp_path: Path, word: str, sentence: str) -> None:
    """With the tracks that there are, and before anything is written."""
    for command in (("list",), ("init", "ws")):
        result = grade(*command, "--track", word)
        assert result.exit_code == 4
        assert result.stderr.startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_a_track_is_completed(grade: Grade) -> None:
    """As it is typed after `--track`."""
    complete = ShellComplete(main, {}, "grade", "_GRADE_COMPLETE")
    assert [item.value for item in complete.get_completions(["list", "--track"], "l")] == ["lecture"]
    assert "blocks" in [item.value for item in complete.get_completions(["init", "ws", "--track"], "")]


def test_list_does_not_count_other_peoples_work(grade: Grade, workspace: Path) -> None:
    """Grading a solution here is not progress."""
    grade(SOLUTION)
    assert "26 in all" in grade("list").stdout


def test_list_counts_any_work_outside_a_workspace(grade: Grade) -> None:
    """No other work could be meant."""
    grade(SOLUTION)
    assert "26 of 26" in grade("list").stdout


@pytest.mark.parametrize("content", ["", "[]", '{"grader": 3}', '{"grader": {"submissions": [{}]}}', "\xff"])
def test_list_survives_a_broken_report(grade: Grade, tmp_path: Path, content: str) -> None:
    """report.json may be some other program's."""
    (tmp_path / "report.json").write_text(content, encoding="latin-1")
    assert grade("list").exit_code == 0


def test_show_prints_lines_uses_shape_and_stub(grade: Grade) -> None:
    """And no hints."""
    out = grade("show", "mlp::dcounts").stdout
    for part in (
        "counts = norm_logits.exp()    (forward.py:",
        "counts_sum = counts.sum(1, keepdim=True)    (forward.py:",
        "probs = counts * counts_sum_inv    (forward.py:",
        "from      dcounts_sum, dprobs",
        "shape     (32, 27), like counts",
        "def dcounts(",
    ):
        assert part in out
    assert "Two lines read counts" not in out


@pytest.mark.parametrize("exercise", ["mlp", "batchnorm", "cross_entropy", "training"])
def test_show_knows_every_exercise(grade: Grade, exercise: str) -> None:
    """And each of its gradients."""
    from grader.exercise.shelf import load_exercise

    assert grade("show", exercise).exit_code == 0
    for gradient in load_exercise(exercise).gradients:
        assert grade("show", f"{exercise}::{gradient}").exit_code == 0


def test_show_suggests_a_name(grade: Grade) -> None:
    """For a misspelled gradient."""
    result = grade("show", "mlp::dcuonts")
    assert result.exit_code == 4
    assert "Did you mean dcounts?" in result.stderr


def test_init_never_overwrites(grade: Grade, workspace: Path, fill: Fill) -> None:
    """Existing files are kept and listed."""
    file = fill("dlogprobs")
    (workspace / "exercises" / "mlp" / "forward.py").unlink()
    before = file.read_bytes()
    result = grade("init", ".")
    assert result.exit_code == 0
    assert f"kept     {Path('exercises', 'mlp', 'backward.py')}" in result.stdout
    assert "written  1 files" in result.stdout
    assert file.read_bytes() == before


def test_init_says_what_it_replaced(grade: Grade, workspace: Path) -> None:
    """A stub that a full disk had left empty."""
    file = Path("exercises", "mlp", "backward.py")
    file.write_text("")
    result = grade("init", ".")
    assert f"replaced {file}: it was empty or cut off\nno files were missing\n" in result.stdout
    assert "def dlogprobs" in file.read_text()


def test_init_with_a_track_says_where_it_begins_and_which_others_there_are(grade: Grade, tmp_path: Path) -> None:
    """The easiest exercise of a track; with the lecture, the two that every workspace begins with."""
    assert grade("init", "ws", "--track", "blocks").stdout.startswith(
        "written  27 files in ws\n"
        "next: cd ws, fill in a function, and run `grade`. Where to begin:\n"
        "      exercises/broadcast/backward.py  Broadcasting, there and back\n"
        "add another track with `grade init ws --track NAME`:\n"
        "      lecture, transformer"
    )
    second = grade("init", "ws", "--track", "lecture").stdout
    assert "      exercises/mlp/backward.py        the lecture's exercise, about three hours\n" in second
    assert "lecture" not in second.splitlines()[-1]
    assert "blocks" not in second.splitlines()[-1]


def test_an_exercise_that_a_workspace_lacks_is_named_with_its_track(grade: Grade, tmp_path: Path) -> None:
    """A second workspace is not what its learner needs."""
    grade("init", ".", "--track", "lecture")
    result = grade("rope")
    assert result.exit_code == 4
    assert "there is no exercises/rope here. Add it with `grade init . --track transformer`, or" in result.stderr


def test_init_here_needs_no_cd(grade: Grade, tmp_path: Path) -> None:
    """In another folder the command can be pasted, whatever the folder is called."""
    assert "\nnext: fill in a function, and run `grade`. Where" in grade("init", ".").stdout
    assert "\nnext: fill in a function, and run `grade`. Where" in grade("init", tmp_path).stdout
    assert "\nnext: cd 'my course', fill in a function, and" in grade("init", "my course").stdout


def test_init_copies_no_solution(workspace: Path) -> None:
    """Three files per exercise."""
    assert not list(workspace.rglob("solutions"))
    names = {path.name for path in (workspace / "exercises").rglob("*") if path.is_file()}
    assert names == {"forward.py", "backward.py", "exercise.toml"}


def test_init_into_a_file_is_a_usage_error(grade: Grade, tmp_path: Path) -> None:
    """Also below a file."""
    (tmp_path / "file").write_text("")
    for target in ("file", "file/below"):
        result = grade("init", target)
        assert result.exit_code == 4, result.output
        assert "Error: " in result.stderr


def test_init_refuses_the_graders_own_exercises(grade: Grade) -> None:
    """A checkout is not a workspace."""
    result = grade("init", ROOT)
    assert result.exit_code == 4
    assert "holds the grader's own exercises" in result.stderr


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("dC", "dC is a gradient of mlp and training. Name one, as in mlp::dC"),
        ("mlp::", "no gradient follows mlp::. Available: dlogprobs, "),
    ],
)
def test_show_suggests_what_may_have_been_meant(grade: Callable[..., Result], target: str, sentence: str) -> None:
    """A gradient without its exercise, and an exercise without its gradient."""
    result = grade("show", target)
    assert result.exit_code == 4
    assert sentence in result.stderr
