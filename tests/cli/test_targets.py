"""Arguments become targets: a path, the gradients named, and the exercise if the target names it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from grader.cli.edge import Misuse
from grader.cli.main import main
from grader.cli.targets import Target, complete_target, resolve
from grader.exercise.shelf import Shelf, UnknownExercise, exercises_directory
from grader.learner.workspace import init

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MLP = Path("exercises", "mlp")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, made the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def desk(here: Path) -> Path:
    """A learner's workspace, made the current folder."""
    init(here)
    return here


@pytest.fixture(autouse=True)
def command() -> Iterator[Callable[[str], click.Context]]:
    """Pretend that `grade` is running; a test may choose another command."""
    root = click.Context(main, info_name="grade")

    def within(name: str) -> click.Context:
        command = main.get_command(root, name)
        assert command is not None
        return click.Context(command, root, name)

    with within("run"):
        yield within


def said(*words: str, shelf: Shelf | None = None) -> list[tuple[str, tuple[str, ...], str | None]]:
    """What the arguments mean: path, gradients, exercise."""
    return [(str(each.path), each.only, name_of(each)) for each in resolve(words, shelf or Shelf())]


def name_of(target: Target) -> str | None:
    """The exercise, if the target names it."""
    return target.exercise.name if target.exercise else None


class TestNames:
    """An exercise's name means the learner's own work on it."""

    def test_an_exercise_is_its_folder_in_the_workspace(self, desk: Path) -> None:
        """With all of its gradients."""
        assert said("mlp") == [(str(MLP), (), "mlp")]

    def test_after_two_colons_comes_a_gradient(self, desk: Path) -> None:
        """A single one."""
        assert said("mlp::dprobs") == [(str(MLP), ("dprobs",), "mlp")]

    def test_a_variable_is_understood_as_its_gradient(self, desk: Path) -> None:
        """`probs` for dprobs, as in the lecture's table."""
        assert said("mlp::probs") == said("mlp::dprobs")

    def test_gradients_of_one_exercise_are_merged(self, desk: Path) -> None:
        """In the order named; grading then sorts them."""
        assert said("mlp::dh", "mlp::probs") == [(str(MLP), ("dh", "dprobs"), "mlp")]

    def test_an_exercise_and_one_of_its_gradients_is_the_exercise(self, desk: Path) -> None:
        """Whichever comes first."""
        assert said("mlp", "mlp::dh") == said("mlp::dh", "mlp") == said("mlp")

    def test_exercises_stay_in_the_order_named(self, desk: Path) -> None:
        """One that is named twice keeps its first position."""
        targets = said("rnn", "mlp::dh", "batchnorm", "mlp::dC")
        assert [(name, only) for _, only, name in targets] == [("rnn", ()), ("mlp", ("dh", "dC")), ("batchnorm", ())]

    def test_the_workspaces_own_forward_pass_counts(self, desk: Path) -> None:
        """In the learner's own workspace."""
        (target,) = resolve(["mlp"], Shelf())
        assert target.exercise is not None
        assert target.exercise.directory == (desk / MLP).resolve()

    def test_with_ci_only_the_installed_forward_pass_counts(self, desk: Path) -> None:
        """Only the submission is taken from the learner's repository."""
        (target,) = resolve(["mlp"], Shelf(ci=True))
        assert target.path == MLP
        assert target.exercise is not None
        assert target.exercise.directory == exercises_directory() / "mlp"


class TestPaths:
    """A path means what it points to; its folder may be named after an exercise."""

    def test_a_file_in_a_folder_named_after_an_exercise_is_for_it(self, here: Path) -> None:
        """Whatever the file is called."""
        (here / "mlp").mkdir()
        (here / "mlp" / "mine.py").touch()
        assert said("mlp/mine.py") == [(str(Path("mlp", "mine.py")), (), "mlp")]

    def test_the_folder_itself_is_for_it_too(self, here: Path) -> None:
        """If the workspace has no exercise of that name."""
        (here / "mlp").mkdir()
        assert said("mlp") == [("mlp", (), "mlp")]

    def test_a_path_with_a_gradient_is_one_gradient(self, here: Path) -> None:
        """Of the exercise the folder is named after."""
        (here / "mlp").mkdir()
        assert said("mlp::dh") == [("mlp", ("dh",), "mlp")]

    def test_elsewhere_the_exercise_is_not_known_yet(self, here: Path) -> None:
        """It will be inferred from the functions."""
        (here / "ada.py").touch()
        assert said("ada.py") == [("ada.py", (), None)]

    def test_an_exercises_folder_anywhere_is_that_exercise(self, here: Path) -> None:
        """With its own forward pass, under any name."""
        shutil.copytree(exercises_directory() / "mlp", here / "lab" / "my_net")
        (target,) = resolve(["lab/my_net"], Shelf())
        assert target.exercise is not None
        assert target.exercise.directory == (here / "lab" / "my_net").resolve()

    @pytest.mark.parametrize("shelf", [{"ci": True}, {"directory": exercises_directory()}], ids=["ci", "exercises"])
    def test_a_folders_own_forward_pass_is_not_trusted(self, here: Path, shelf: dict[str, object]) -> None:
        """With --ci, and where --exercises says which exercises count."""
        shutil.copytree(exercises_directory() / "mlp", here / "lab" / "my_net")
        assert said("lab/my_net", shelf=Shelf(**shelf)) == [(str(Path("lab", "my_net")), (), None)]  # type: ignore[arg-type]

    def test_two_paths_of_one_exercise_are_two_submissions(self, desk: Path) -> None:
        """The workspace's and somebody else's."""
        (desk / "ada" / "mlp").mkdir(parents=True)
        assert said("mlp", "ada/mlp") == [(str(MLP), (), "mlp"), (str(Path("ada", "mlp")), (), "mlp")]

    def test_a_broken_link_is_a_path(self, here: Path) -> None:
        """Reading it says what is wrong with it."""
        (here / "x.py").symlink_to(here / "nothing.py")
        assert said("x.py") == [("x.py", (), None)]


class TestExerciseOption:
    """--exercise settles any doubt."""

    def test_it_applies_to_a_path(self, here: Path) -> None:
        """Even if the folder's name says otherwise."""
        (here / "rnn").mkdir()
        (here / "rnn" / "x.py").touch()
        assert said("rnn/x.py", shelf=Shelf(forced="mlp")) == [(str(Path("rnn", "x.py")), (), "mlp")]

    def test_it_applies_to_a_named_exercise(self, desk: Path) -> None:
        """The name then says only where the work is."""
        assert said("mlp", shelf=Shelf(forced="rnn")) == [(str(MLP), (), "rnn")]

    def test_gradients_are_looked_up_in_it(self, here: Path) -> None:
        """`x.py::dh --exercise mlp`."""
        (here / "x.py").touch()
        assert said("x.py::dh", shelf=Shelf(forced="mlp")) == [("x.py", ("dh",), "mlp")]

    def test_without_targets_it_is_the_target(self, desk: Path) -> None:
        """`grade --exercise rnn`."""
        assert said(shelf=Shelf(forced="rnn")) == [(str(Path("exercises", "rnn")), (), "rnn")]

    def test_an_unknown_name_is_refused(self, here: Path) -> None:
        """With a suggestion."""
        (here / "x.py").touch()
        with pytest.raises(UnknownExercise, match=r"there is no exercise mpl\. Did you mean mlp\?"):
            said("x.py", shelf=Shelf(forced="mpl"))


class TestNoTargets:
    """`grade` without arguments."""

    def test_it_means_every_exercise_of_the_workspace(self, desk: Path) -> None:
        """The beginner's first, then by difficulty."""
        targets = resolve([], Shelf())
        assert [target.path for target in targets] == [Path("exercises", str(name_of(each))) for each in targets]
        assert targets[0].path == Path("exercises", "micrograd")
        difficulties = [each.exercise.settings.difficulty for each in targets[1:] if each.exercise]
        assert difficulties == sorted(difficulties)
        assert len(targets) == len(list(desk.glob("exercises/*/exercise.toml")))

    @pytest.mark.parametrize("word", ["exercises", "exercises/", "./exercises", "."])
    def test_the_folder_of_the_exercises_means_the_same(self, desk: Path, word: str) -> None:
        """`grade exercises`, and with a gradient of one of them."""
        assert said(word) == said()
        assert said(str(desk / word)) == said()
        assert sorted(said(word, "mlp::dprobs")) == sorted(said())

    def test_a_folder_with_a_backward_py_is_a_submission(self, desk: Path) -> None:
        """Also beside exercises/."""
        (desk / "backward.py").touch()
        assert said(".") == [(".", (), None)]
        assert said("exercises") == said()

    def test_with_ci_it_means_the_installed_exercises(self, desk: Path) -> None:
        """An exercise that the repository adds is left out."""
        (desk / MLP).rename(desk / "exercises" / "my_own")
        assert "my_own" in [name for _, _, name in said()]
        assert "my_own" not in [name for _, _, name in said(shelf=Shelf(ci=True))]

    def test_inside_an_exercise_it_means_that_one(self, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`cd exercises/mlp; grade`."""
        monkeypatch.chdir(desk / MLP)
        assert said() == [(".", (), "mlp")]

    def test_next_to_a_backward_py_it_means_that_file(self, here: Path) -> None:
        """In a folder with any name."""
        (here / "backward.py").touch()
        assert said() == [(".", (), None)]

    def test_in_an_empty_folder_it_says_how_to_begin(self, here: Path) -> None:
        """Two ways to go on."""
        with pytest.raises(Misuse) as raised:
            said()
        assert str(raised.value) == (
            "nothing to grade: there is no exercises/ folder here. "
            "Create a workspace with `grade init DIR`, or grade a file or folder with `grade PATH`"
        )


class TestMessages:
    """What does not exist, and what may have been meant."""

    def refused(self, *words: str, shelf: Shelf | None = None) -> str:
        """The message."""
        with pytest.raises((Misuse, UnknownExercise)) as raised:
            said(*words, shelf=shelf)
        return str(raised.value)

    def test_an_exercise_without_a_workspace(self, here: Path) -> None:
        """It exists, but the learner has no file for it."""
        assert self.refused("mlp") == (
            f"mlp is an exercise, but there is no {MLP} here. "
            "Create a workspace with `grade init DIR`, or grade a file or folder with `grade PATH`"
        )

    def test_a_gradient_of_a_path_for_no_exercise(self, here: Path) -> None:
        """It could belong to several."""
        (here / "x.py").touch()
        expected = "which exercise is x.py for? Name it with --exercise to grade only dh"
        assert self.refused("x.py::dh") == expected

    def test_a_gradient_that_the_exercise_does_not_have(self, desk: Path) -> None:
        """The closest one is suggested."""
        assert self.refused("mlp::dprob") == "there is no mlp gradient dprob. Did you mean dprobs?"

    def test_nothing_after_the_colons(self, desk: Path) -> None:
        """All gradients are listed."""
        assert "Available: dlogprobs, dprobs, dcounts_sum_inv, " in self.refused("mlp::")

    def test_a_gradient_without_its_exercise(self, desk: Path) -> None:
        """Only one exercise has it."""
        assert self.refused("dprobs") == "dprobs is a gradient of mlp. Did you mean mlp::dprobs?"

    def test_a_gradient_of_several_exercises(self, desk: Path) -> None:
        """Three by name and how many more, in the order of the curriculum."""
        start = "dlogits is a gradient of mlp, autograd_cross_entropy, cross_entropy and "
        assert self.refused("dlogits").startswith(start)
        assert self.refused("dlogits").endswith(" more. Name one, as in mlp::dlogits")

    def test_a_misspelled_exercise(self, desk: Path) -> None:
        """The closest one is suggested."""
        assert self.refused("mpl") == "there is no exercise or path mpl. Did you mean mlp?"

    def test_a_misspelled_path(self, here: Path) -> None:
        """The closest entry of its folder is suggested."""
        (here / "hw").mkdir()
        (here / "hw" / "backward.py").touch()
        expected = f"there is no exercise or path {Path('hw', 'backwrd.py')}. Did you mean {Path('hw', 'backward.py')}?"
        assert self.refused("hw/backwrd.py") == expected

    def test_a_name_like_no_other(self, here: Path) -> None:
        """All exercises are listed."""
        assert self.refused("zzzz").startswith(
            "there is no exercise or path zzzz. Available: attention, autograd_attention, "
        )

    def test_a_misspelled_command_is_suggested_only_as_the_first_word(
        self, desk: Path, command: Callable[[str], click.Context]
    ) -> None:
        """`grade wacth`, but not `grade hint wacth`."""
        assert self.refused("wacth") == "there is no exercise or path wacth. Did you mean watch?"
        with command("hint"):
            assert self.refused("wacth").startswith("there is no exercise or path wacth. Available: ")

    def test_the_hidden_command_is_never_suggested(self, desk: Path) -> None:
        """`run` is what `grade` does without a command."""
        assert "Did you mean run?" not in self.refused("runn")


class TestCompletion:
    """What a shell offers."""

    def offered(self, incomplete: str, *before: str) -> list[str]:
        """The completions."""
        context = click.Context(main)
        context.params["targets"] = before
        return [item.value for item in complete_target(context, None, incomplete)]

    def test_the_start_of_a_name_is_completed_to_an_exercise(self, here: Path) -> None:
        """An installed one, without a workspace."""
        assert self.offered("ml") == ["mlp"]
        assert self.offered("zz") == []

    def test_an_exercise_that_the_workspace_adds_is_offered(self, desk: Path) -> None:
        """`grade` accepts it too."""
        (desk / MLP).rename(desk / "exercises" / "my_own")
        assert self.offered("my") == ["my_own"]

    def test_gradients_are_offered_after_two_colons(self, here: Path) -> None:
        """The whole word, in shells that do not split at colons."""
        assert self.offered("mlp::dprob") == ["mlp::dprobs"]
        assert len(self.offered("mlp::")) == 26

    def test_only_the_last_part_is_offered_where_colons_split_words(self, here: Path) -> None:
        """As in bash."""
        assert self.offered("dprob", "mlp", "::") == ["dprobs"]
        assert "::dprobs" in self.offered("::", "mlp")

    def test_an_unknown_exercise_has_no_gradients(self, here: Path) -> None:
        """And no error, which nobody would see."""
        assert self.offered("mpl::d") == []
