"""The options of all commands: each declared once, one word with one type everywhere, and what a run makes of them."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from grader.cli import options
from grader.cli.main import LATER, main
from grader.cli.options import OneOf, RunOptions
from grader.exercise.exercise import Exercise
from grader.exercise.settings import CALL_SECONDS, LECTURE_SEED, Criterion, Feedback, Settings, Visibility
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import Enum

CLI = Path(options.__file__).parent
COMMANDS = ["run", *LATER]

CHOICES: dict[str, type[Enum]] = {
    "--criterion": Criterion, "--feedback": Feedback, "--visibility": Visibility, "--isolation": Level,
}  # fmt: skip
"""The options that choose a member of an enum."""

FEWER = {
    ("gradescope-zip", "--feedback"): [Feedback.NONE],  # Gradescope reads the points off what students are told
    ("gradescope-zip", "--isolation"): [Level.NONE],  # strangers' code, on somebody else's machine
    ("doctor", "--isolation"): [Level.LOCKED, Level.PARTIAL, Level.NONE],  # the back end that can be asked for
}
"""Command and option -> the members that it does not offer."""

DECLARED_AGAIN = {
    ("new.py", "--exercises"),  # a folder that is written, and need not be there yet
    ("verify.py", "--exercises"),  # under another name: the exercises to verify are the command's arguments
    ("verify.py", "--seed"),  # of the draw of mutants, not of the minibatch
}
"""Modules that use a word of options.py for something else."""

TWO_TYPES = {
    "--to": "`grade` looks up the formats only where --to is given",
    "--output": "a text may go to stdout as -, an archive and a backward.py go to a file",
}
"""Options that are not of one type in all commands, and why."""


def every_option() -> Iterator[tuple[str, click.Option]]:
    """Each option of each command, as click has it."""
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        yield from ((name, each) for each in command.params if isinstance(each, click.Option))


def default_of(option: click.Option) -> str | float | None:
    """Its default; None where it has none, which click marks differently from release to release."""
    return option.default if isinstance(option.default, str | float | int) and not option.is_flag else None


def declared(module: Path) -> Iterator[tuple[str, int]]:
    """The long words of the options that a module declares, with their lines."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.option", "_choice"):
            words = [word.value for word in node.args if isinstance(word, ast.Constant)]
            yield from ((word, node.lineno) for word in words if str(word).startswith("--"))


def shape(kind: click.ParamType) -> tuple[object, ...]:
    """What a value of this type is to the command that gets it; the bounds of a number may differ by command."""
    if isinstance(kind, OneOf):
        return OneOf, *{type(member) for member in kind._by_name.values()}
    if isinstance(kind, click.Path):
        return click.Path, kind.type, kind.dir_okay, kind.file_okay
    return type(kind), *(kind.choices if isinstance(kind, click.Choice) else ())


class TestDeclaredOnce:
    """A word on the command line has one meaning."""

    def test_an_option_that_options_has_is_declared_nowhere_else(self) -> None:
        """A second declaration would drift away from the first."""
        shared = {word for word, _ in declared(CLI / "options.py")}
        again = [
            f"{path.name}:{line} declares {word}, which options.py has: take it from there"
            for path in sorted(CLI.glob("*.py"))
            for word, line in declared(path)
            if path.name != "options.py" and word in shared and (path.name, word) not in DECLARED_AGAIN
        ]
        assert not again, "\n".join(again)

    def test_what_is_declared_again_still_is(self) -> None:
        """An exception that nobody needs any more is deleted."""
        gone = [(name, word) for name, word in DECLARED_AGAIN if word not in dict(declared(CLI / name))]
        assert gone == []

    def test_a_word_has_one_type_in_all_commands(self) -> None:
        """A path is a path everywhere, and a choice has the same members."""
        shapes: dict[str, dict[tuple[object, ...], list[str]]] = {}
        for command, option in every_option():
            shapes.setdefault(option.opts[-1], {}).setdefault(shape(option.type), []).append(command)
        differ = {word: found for word, found in shapes.items() if len(found) > 1}
        assert differ.keys() == TWO_TYPES.keys(), differ

    def test_a_word_is_a_flag_everywhere_or_nowhere(self) -> None:
        """And may be given several times everywhere or nowhere."""
        kinds: dict[str, set[tuple[bool, bool]]] = {}
        for _, option in every_option():
            kinds.setdefault(option.opts[-1], set()).add((option.is_flag, option.multiple))
        assert [word for word, found in kinds.items() if len(found) > 1] == []

    def test_a_short_option_stands_for_one_long_one(self) -> None:
        """-o is --output in every command."""
        long: dict[str, set[str]] = {}
        for _, option in every_option():
            for short in (word for word in option.opts if not word.startswith("--")):
                long.setdefault(short, set()).add(option.opts[-1])
        assert {short: words for short, words in long.items() if len(words) > 1} == {}


class TestChoices:
    """Written once, as the members of an enum."""

    @pytest.mark.parametrize("word", CHOICES)
    def test_the_members_are_the_choices(self, word: str) -> None:
        """All of them, but for those that a command says it cannot offer."""
        offered = [(command, option) for command, option in every_option() if option.opts == [word]]
        assert len(offered) > 1
        for command, option in offered:
            assert isinstance(option.type, OneOf)
            expected = {str(member) for member in CHOICES[word]} - {str(m) for m in FEWER.get((command, word), ())}
            assert {*option.type.choices} == expected, command

    def test_a_choice_of_plain_words_has_no_enum(self) -> None:
        """Colour and formats; anything else is to be an OneOf."""
        plain = {option.opts[-1] for _, option in every_option() if type(option.type) is click.Choice}
        assert plain == {"--color", "--to"}

    @pytest.mark.parametrize("kind", CHOICES.values())
    def test_the_command_gets_the_member(self, kind: type[Enum]) -> None:
        """And not the word that was typed."""
        for member in kind:
            assert OneOf(kind).convert(str(member), None, None) is member

    def test_another_word_is_refused_with_the_choices(self) -> None:
        """As click says it."""
        with pytest.raises(click.BadParameter, match=r"'exactly' is not one of 'correct', 'exact', 'approximate'"):
            OneOf(Criterion).convert("exactly", None, None)

    def test_the_strictest_isolation_comes_first(self) -> None:
        """In every help."""
        assert options.LEVELS[0] is Level.LOCKED
        for _, option in every_option():
            if option.opts == ["--isolation"]:
                assert isinstance(option.type, OneOf)
                offered = [Level(level) for level in option.type._by_name.values()]
                assert offered == sorted(offered, reverse=True)


class TestDefaults:
    """What holds where nothing is said."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_default_is_shown_in_the_help(self, command: str) -> None:
        """In click's words, or in ours where it depends on something."""
        text = " ".join(CliRunner().invoke(main, [command, "--help"]).stdout.split())
        for name, option in every_option():
            if name == command and (default := default_of(option)) is not None:
                assert f"[default: {default}" in text, option.opts

    @pytest.mark.parametrize("word", ["--criterion", "--feedback", "--visibility"])
    def test_what_a_course_may_decide_has_no_default_of_its_own(self, word: str) -> None:
        """Its default would beat the course's word; the help names the course instead."""
        for command, option in every_option():
            if option.opts == [word] and (command, word) != ("report", "--feedback"):
                assert default_of(option) is None
                assert "(default: the course's word, else " in str(option.help)

    def test_a_class_is_locked_in_and_a_learner_is_not_held_up(self) -> None:
        """Strangers' code on the instructor's machine; one's own on one's own."""
        levels = {command: default_of(option) for command, option in every_option() if option.opts == ["--isolation"]}
        assert (levels["batch"], levels["run"], levels["gradescope-zip"]) == ("locked", "none", "process")


class TestTogether:
    """Several options as one decorator."""

    def test_the_help_has_them_in_the_order_of_the_code(self) -> None:
        """As if each had been written above the function."""

        @click.command()
        @options.together(click.option("--first"), click.option("--second"), click.option("--third"))
        def command(**_: object) -> None: ...

        assert [each.opts for each in command.params] == [["--first"], ["--second"], ["--third"]]

    def test_the_options_of_a_run_are_one_value(self) -> None:
        """The command gets `asked`, and its own options beside it."""
        got: dict[str, object] = {}

        @click.command()
        @options.run_options(options.feedback("How much."), options.isolation())
        @click.option("--own")
        def command(**given: object) -> None:
            got.update(given)

        words = ["--seed", "3", "--criterion", "exact", "--isolation", "locked", "--own", "x"]
        result = CliRunner().invoke(command, words)
        assert result.exit_code == 0, result.output
        assert got == {
            "asked": RunOptions(seed=3, criterion=Criterion.EXACT, isolation=Level.LOCKED),
            "own": "x",
        }

    @pytest.mark.parametrize("command", ["run", "batch"])
    def test_every_field_of_a_run_is_an_option(self, command: str) -> None:
        """Of both commands that grade."""
        words = {option.name for name, option in every_option() if name == command}
        assert {each.name for each in fields(RunOptions)} <= words


@pytest.fixture
def course(tmp_path: Path) -> Callable[..., Exercise]:
    """An exercise in a course that says what the test wants."""
    (tmp_path / "tiny").mkdir()
    source = "def forward(x):\n    y = x**2\n    loss = y.sum()\n    return locals()\n"
    (tmp_path / "tiny" / "forward.py").write_text(
        f"GRADED = ['x']\n\n\ndef inputs(seed):\n    return {{}}\n\n\n{source}"
    )
    (tmp_path / "tiny" / "exercise.toml").write_text('title = "tiny"\n')

    def make(text: str = "") -> Exercise:
        if text:
            (tmp_path / "course.toml").write_text(f'name = "Deep"\nversion = "1"\n{text}')
        return Exercise(tmp_path / "tiny")

    return make


class TestSettingsOfARun:
    """RunOptions.settings: the command line beats the course, and the course beats the default."""

    def test_nothing_said_gives_the_defaults(self, course: Callable[..., Exercise]) -> None:
        """The lecture's seed, in particular."""
        assert RunOptions().settings([course()]) == Settings(
            seed=LECTURE_SEED, criterion=Criterion.CORRECT, feedback=Feedback.FULL, isolation=Level.NONE,
            timeout=CALL_SECONDS,
        ) == Settings()  # fmt: skip

    def test_without_an_exercise_there_is_no_course(self) -> None:
        """Where its functions are still to tell the exercise."""
        assert RunOptions().settings([]) == Settings()

    def test_the_course_beats_the_default(self, course: Callable[..., Exercise]) -> None:
        """Also the default of a command."""
        exercise = course('criterion = "exact"\nfeedback = "verdict"\n')
        settings = RunOptions().settings([exercise], feedback=Feedback.KIND)
        assert (settings.criterion, settings.feedback) == (Criterion.EXACT, Feedback.VERDICT)

    def test_the_command_line_beats_the_course(self, course: Callable[..., Exercise]) -> None:
        """Even with the default's own word."""
        exercise = course('criterion = "exact"\nfeedback = "verdict"\n')
        settings = RunOptions(criterion=Criterion.CORRECT, feedback=Feedback.FULL).settings([exercise])
        assert (settings.criterion, settings.feedback) == (Criterion.CORRECT, Feedback.FULL)

    def test_each_setting_is_decided_by_itself(self, course: Callable[..., Exercise]) -> None:
        """One from the line, one from the course, one by default."""
        exercise = course('feedback = "none"\n')
        settings = RunOptions(seed=7).settings([exercise])
        assert (settings.seed, settings.feedback, settings.criterion) == (7, Feedback.NONE, Criterion.CORRECT)

    def test_a_command_has_a_default_of_its_own(self, course: Callable[..., Exercise]) -> None:
        """A class is told the kind of a mistake."""
        assert RunOptions().settings([course()], feedback=Feedback.KIND).feedback is Feedback.KIND

    def test_seed_zero_is_a_seed(self) -> None:
        """Nothing said is None, and not whatever is false."""
        assert RunOptions(seed=0).settings([]).seed == 0
        assert RunOptions().settings([], hidden_seed=0).hidden_seed == 0

    def test_what_only_the_line_can_say_is_passed_on(self) -> None:
        """Size, limit and isolation."""
        settings = RunOptions(batch_size=8, timeout=2.5, isolation=Level.LOCKED).settings([], hidden_seed=5)
        assert (settings.batch_size, settings.timeout) == (8, 2.5)
        assert (settings.isolation, settings.hidden_seed) == (Level.LOCKED, 5)

    def test_modules_that_the_course_allows_are_part_of_it(self, course: Callable[..., Exercise]) -> None:
        """The sandbox imports them before it locks."""
        assert RunOptions().settings([course('rules.imports = ["colorsys"]\n')]).imports == ("colorsys",)


class TestColour:
    """--color sets click's own switch."""

    @pytest.mark.parametrize(
        ("word", "no_color", "expected"),
        [
            ("auto", "", None),
            ("auto", "1", False),
            ("always", "1", True),
            ("always", "", True),
            ("never", "", False),
        ],
    )
    def test_the_option_beats_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, word: str, no_color: str, expected: bool | None
    ) -> None:
        """An empty NO_COLOR is none, as https://no-color.org has it."""
        monkeypatch.setenv("NO_COLOR", no_color)
        seen = []

        @click.command()
        @options.color
        @click.pass_context
        def command(context: click.Context) -> None:
            seen.append(context.color)

        assert CliRunner().invoke(command, ["--color", word]).exit_code == 0
        assert seen == [expected]


@pytest.mark.parametrize(
    ("word", "value", "sentence"),
    [
        ("--timeout", "0", "0.0 is not in the range"),
        ("--batch-size", "4097", "4097 is not in the range"),
        ("--seed", "x", "'x' is not a valid integer"),
        ("--names", "nosuch.txt", "File 'nosuch.txt' does not exist"),
        ("--exercises", "nosuch", "Directory 'nosuch' does not exist"),
        ("--isolation", "jail", "'jail' is not one of 'locked', 'partial', 'process', 'none'"),
    ],
)
def test_a_value_that_no_run_could_use_is_refused(word: str, value: str, sentence: str) -> None:
    """By the option itself, with exit code 4 and the way to the help."""
    result = CliRunner().invoke(main, ["mlp", word, value], prog_name="grade")
    assert (result.exit_code, result.stdout) == (4, "")
    assert sentence in result.stderr
    assert result.stderr.endswith("\nTry 'grade --help' for help.\n")
