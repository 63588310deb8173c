"""Where exercises come from: the workspace, `--exercises`, the installed ones and packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packs import shelf as folder_of_exercises

from grader.exercise.forward import BrokenExercise
from grader.exercise.packs import packs
from grader.exercise.shelf import (
    BEGINNING,
    LECTURE,
    Shelf,
    UnknownExercise,
    curriculum,
    exercises_directory,
    homes,
    installed,
    is_exercise,
    list_exercises,
    load_exercise,
    pack_problems,
    the_gradient,
    the_installed,
)

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an exercise `squares` in its workspace."""
    monkeypatch.chdir(tmp_path)
    folder_of_exercises(tmp_path)
    return tmp_path


def test_the_workspace_is_used_besides_the_installed_exercises(workspace: Path) -> None:
    """Its exercises come before installed ones of the same name."""
    shelf = Shelf()
    assert {"squares", "mlp"} <= set(shelf.names())
    assert shelf.load("squares").directory == workspace / "exercises" / "squares"
    assert shelf.load("mlp").directory == exercises_directory() / "mlp"


def test_in_ci_only_the_installed_ones_count(workspace: Path) -> None:
    """A submission's repository cannot bring its own forward pass."""
    assert is_exercise(workspace / "exercises" / "squares")
    shelf = Shelf(ci=True)
    assert shelf.names() == list_exercises()
    with pytest.raises(UnknownExercise, match="there is no exercise squares"):
        shelf.load("squares")


def test_a_named_folder_is_the_only_source(workspace: Path, tmp_path: Path) -> None:
    """With `--ci`, too."""
    other = folder_of_exercises(tmp_path / "other")
    for shelf in (Shelf(other), Shelf(other, ci=True)):
        assert shelf.names() == ["squares"]
        assert shelf.load("squares").directory == other / "squares"
        with pytest.raises(UnknownExercise, match=r"there is no exercise mlp\. Available: squares\."):
            shelf.load("mlp")


def test_an_installed_exercise_is_found_by_name_shipped_before_a_packs(installed_pack: Path) -> None:
    """A pack's exercise with a shipped name is never used."""
    assert the_installed("squares") == (installed_pack / "exercises" / "squares").resolve()
    (installed_pack / "exercises" / "squares").rename(installed_pack / "exercises" / "mlp")
    assert installed("mlp") == [exercises_directory() / "mlp"]
    assert the_installed("squares") is None


def test_an_exercise_of_two_packs_must_be_chosen_by_folder(
    installed_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--exercises`; the message names both folders."""
    first, second = installed_pack / "exercises", folder_of_exercises(tmp_path / "second")
    monkeypatch.setattr("grader.exercise.shelf.packs", lambda: {"one": first, "two": second})
    said = rf"the packs one and two both have an exercise squares: choose one with --exercises \({first} or {second}\)"
    with pytest.raises(BrokenExercise, match=said):
        the_installed("squares")
    assert load_exercise("squares", second).directory == second / "squares"


def test_a_pack_without_a_folder_of_exercises_has_none(installed_pack: Path) -> None:
    """Data that was not packaged is what packs lack most often: a sentence names the pack and the folder."""
    (installed_pack / "exercises").rename(installed_pack / "lessons")
    packs.cache_clear()
    assert packs() == {}
    assert [*pack_problems()] == [
        f"the pack deep_pack is installed without exercises: {installed_pack} has no folder exercises/ that can be read"
    ]


@pytest.mark.parametrize("value", ["gone_pack", "deep_pack.inner", "deep pack:x"])
def test_an_entry_point_without_its_package_is_named(installed_pack: Path, value: str) -> None:
    """The package may have been removed by hand, or raise when it is imported, as the one above another is."""
    record = installed_pack.parent / "deep_pack-1.0.dist-info" / "entry_points.txt"
    record.write_text(f"[grader.exercises]\ndeep = {value}\n")
    packs.cache_clear()
    assert "mlp" in list_exercises()
    assert [*pack_problems()] == [f"the pack {value} is installed without exercises: no package of that name is there"]


def test_a_broken_exercise_names_its_pack(installed_pack: Path) -> None:
    """And its file and line; the others are read."""
    folder = installed_pack / "exercises" / "squares"
    (folder / "exercise.toml").write_text("(")
    found, broken = Shelf().load_all(["mlp", "squares"])
    assert [exercise.name for exercise in found] == ["mlp"]
    [sentence] = broken
    assert sentence.startswith(f"squares of the pack deep_pack cannot be used: {folder / 'exercise.toml'}:1: ")


def test_an_exercise_of_a_pack_that_no_command_finds_is_named(installed_pack: Path) -> None:
    """Because the grader has one of its name, or half of it is missing."""
    exercises = installed_pack / "exercises"
    assert [*pack_problems()] == []
    (exercises / "squares").rename(exercises / "mlp")
    (exercises / "half").mkdir()
    (exercises / "half" / "forward.py").touch()
    assert [*pack_problems()] == [
        "half of the pack deep_pack cannot be used: it needs both exercise.toml and forward.py",
        "mlp of the pack deep_pack is never used: it has the name of an exercise that comes with the grader",
    ]


def test_the_beginners_exercise_comes_first_then_the_easier_ones() -> None:
    """Of equally hard ones the lecture's comes first, the others are ordered by name."""
    found = sorted(map(load_exercise, list_exercises()), key=curriculum)
    assert found[0].name == BEGINNING
    order = [(exercise.settings.difficulty, exercise.name != LECTURE, exercise.name) for exercise in found[1:]]
    assert order == sorted(order)


def test_a_gradient_is_looked_for_in_every_exercise_or_in_the_one_given(workspace: Path) -> None:
    """In teaching order; an exercise that cannot be read is skipped."""
    assert homes("dhprebn", Shelf())[0] == "mlp"
    assert homes("dx", Shelf(forced="squares")) == ["squares"]
    (workspace / "exercises" / "squares" / "forward.py").write_text("(")
    assert homes("dx", Shelf(forced="squares")) == []


def test_a_gradient_may_be_named_by_its_variable(mlp: Exercise) -> None:
    """`mlp::probs` is `mlp::dprobs`."""
    assert the_gradient("dprobs", mlp) == the_gradient("probs", mlp) == "dprobs"
    with pytest.raises(UnknownExercise, match=r"there is no mlp gradient dprob\. Did you mean dprobs\?"):
        the_gradient("dprob", mlp)
