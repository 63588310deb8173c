"""The options of all commands: each declared once, with the same type everywhere, and the settings of a run."""

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
    ("gradescope-zip", "--feedback"): [Feedback.NONE],  # Gradescope takes the points from what students see
    ("gradescope-zip", "--isolation"): [Level.NONE],  # other people's code, on somebody else's machine
    ("doctor", "--isolation"): [Level.LOCKED, Level.PARTIAL, Level.NONE],  # the only backend that can be chosen
}
"""(Command, option) -> the members it does not offer."""

DECLARED_AGAIN = {
    ("new.py", "--exercises"),  # the folder to write, which need not exist
    ("verify.py", "--exercises"),  # passed under another name: `exercises` are the arguments
}
"""Modules that use an option of options.py for something else."""

TWO_TYPES = {
    "--to": "`grade` looks up the formats only if --to is given",
    "--output": "text may go to stdout as -; an archive and a backward.py go to a file",
    "--out": "a batch fills a folder; a course is one table",
}
"""Options whose type differs between commands, and why."""


def every_option() -> Iterator[tuple[str, click.Option]]:
    """Each option of each command, as click has it."""
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        yield from ((name, each) for each in command.params if isinstance(each, click.Option))


def default_of(option: click.Option) -> str | float | None:
    """Its default, or None; click marks a missing default differently from release to release."""
    return option.default if isinstance(option.default, str | float | int) and not option.is_flag else None


def declared(module: Path) -> Iterator[tuple[str, int]]:
    """The long options a module declares, with their line numbers."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.option", "_choice"):
            words = [word.value for word in node.args if isinstance(word, ast.Constant)]
            yield from ((word, node.lineno) for word in words if str(word).startswith("--"))


def shape(kind: click.ParamType) -> tuple[object, ...]:
    """What the command gets for a value of this type; the range of a number may differ by command."""
    if isinstance(kind, OneOf):
        return OneOf, *{type(member) for member in kind._by_name.values()}
    if isinstance(kind, click.Path):
        return click.Path, kind.type, kind.dir_okay, kind.file_okay
    return type(kind), *(kind.choices if isinstance(kind, click.Choice) else ())


class TestDeclaredOnce:
    """An option has one meaning."""

    def test_a_shared_option_is_declared_only_in_options(self) -> None:
        """A second declaration would diverge from the first."""
        shared = {word for word, _ in declared(CLI / "options.py")}
        again = [
            f"{path.name}:{line} declares {word}, which options.py has: use that one"
            for path in sorted(CLI.glob("*.py"))
            for word, line in declared(path)
            if path.name != "options.py" and word in shared and (path.name, word) not in DECLARED_AGAIN
        ]
        assert not again, "\n".join(again)

    def test_every_exception_is_still_needed(self) -> None:
        """An exception that is no longer needed must be deleted."""
        gone = [(name, word) for name, word in DECLARED_AGAIN if word not in dict(declared(CLI / name))]
        assert gone == []

    def test_an_option_has_one_type_in_all_commands(self) -> None:
        """A path is a path everywhere, and a choice has the same members."""
        shapes: dict[str, dict[tuple[object, ...], list[str]]] = {}
        for command, option in every_option():
            shapes.setdefault(option.opts[-1], {}).setdefault(shape(option.type), []).append(command)
        differ = {word: found for word, found in shapes.items() if len(found) > 1}
        assert differ.keys() == TWO_TYPES.keys(), differ

    def test_an_option_is_a_flag_everywhere_or_nowhere(self) -> None:
        """The same holds for options that may be repeated, except that only a class is graded on several exercises."""
        kinds: dict[str, set[tuple[bool, bool]]] = {}
        for _, option in every_option():
            kinds.setdefault(option.opts[-1], set()).add((option.is_flag, option.multiple))
        assert [word for word, found in kinds.items() if len(found) > 1] == ["--exercise"]

    def test_a_short_option_stands_for_one_long_one(self) -> None:
        """-o is --output in every command."""
        long: dict[str, set[str]] = {}
        for _, option in every_option():
            for short in (word for word in option.opts if not word.startswith("--")):
                long.setdefault(short, set()).add(option.opts[-1])
        assert {short: words for short, words in long.items() if len(words) > 1} == {}


class TestChoices:
    """Declared once, as the members of an enum."""

    @pytest.mark.parametrize("word", CHOICES)
    def test_the_members_are_the_choices(self, word: str) -> None:
        """All of them, except those a command cannot offer."""
        offered = [(command, option) for command, option in every_option() if option.opts == [word]]
        assert len(offered) > 1
        for command, option in offered:
            assert isinstance(option.type, OneOf)
            expected = {str(member) for member in CHOICES[word]} - {str(m) for m in FEWER.get((command, word), ())}
            assert {*option.type.choices} == expected, command

    def test_only_color_and_formats_are_plain_choices(self) -> None:
        """Any other choice must be an OneOf."""
        plain = {option.opts[-1] for _, option in every_option() if type(option.type) is click.Choice}
        assert plain == {"--color", "--to"}

    @pytest.mark.parametrize("kind", CHOICES.values())
    def test_the_command_gets_the_member(self, kind: type[Enum]) -> None:
        """Not the word that was typed."""
        for member in kind:
            assert OneOf(kind).convert(str(member), None, None) is member

    def test_an_unknown_choice_is_refused_with_a_list_of_choices(self) -> None:
        """In click's words."""
        with pytest.raises(click.BadParameter, match=r"'exactly' is not one of 'correct', 'exact', 'approximate'"):
            OneOf(Criterion).convert("exactly", None, None)

    def test_the_strictest_isolation_comes_first(self) -> None:
        """In every help text."""
        assert options.LEVELS[0] is Level.LOCKED
        for _, option in every_option():
            if option.opts == ["--isolation"]:
                assert isinstance(option.type, OneOf)
                offered = [Level(level) for level in option.type._by_name.values()]
                assert offered == sorted(offered, reverse=True)


class TestDefaults:
    """What applies if an option is not given."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_default_is_shown_in_the_help(self, command: str) -> None:
        """By click, or in the text if it depends on something."""
        text = " ".join(CliRunner().invoke(main, [command, "--help"]).stdout.split())
        for name, option in every_option():
            if name == command and (default := default_of(option)) is not None:
                assert f"[default: {default}" in text, option.opts

    @pytest.mark.parametrize("word", ["--criterion", "--feedback", "--visibility"])
    def test_a_setting_of_the_course_has_no_default_of_its_own(self, word: str) -> None:
        """A default would beat the course's setting; the help names the course instead."""
        for command, option in every_option():
            if option.opts == [word] and (command, word) != ("report", "--feedback"):
                assert default_of(option) is None
                assert "(default: the course's setting, or " in str(option.help)

    def test_isolation_defaults_to_locked_for_a_class_only(self) -> None:
        """Other people's code on the instructor's machine; a learner's own code on their own."""
        levels = {command: default_of(option) for command, option in every_option() if option.opts == ["--isolation"]}
        assert (levels["batch"], levels["run"], levels["gradescope-zip"]) == ("locked", "none", "process")


class TestTogether:
    """Several options as one decorator."""

    def test_the_help_lists_options_in_the_order_of_the_code(self) -> None:
        """As if each was written above the function."""

        @click.command()
        @options.together(click.option("--first"), click.option("--second"), click.option("--third"))
        def command(**_: object) -> None: ...

        assert [each.opts for each in command.params] == [["--first"], ["--second"], ["--third"]]

    def test_the_options_of_a_run_are_one_value(self) -> None:
        """The command gets `asked`, and its own options separately."""
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
        """In both commands that grade."""
        words = {option.name for name, option in every_option() if name == command}
        assert {each.name for each in fields(RunOptions)} <= words


@pytest.fixture
def course(tmp_path: Path) -> Callable[..., Exercise]:
    """An exercise in a course with the settings a test needs."""
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
    """RunOptions.settings: the command line beats the course, and the course beats the defaults."""

    def test_no_options_give_the_defaults(self, course: Callable[..., Exercise]) -> None:
        """Including the lecture's seed."""
        assert RunOptions().settings([course()]) == Settings(
            seed=LECTURE_SEED, criterion=Criterion.CORRECT, feedback=Feedback.FULL, isolation=Level.NONE,
            timeout=CALL_SECONDS,
        ) == Settings()  # fmt: skip

    def test_without_an_exercise_there_is_no_course(self) -> None:
        """The exercise has not been inferred yet."""
        assert RunOptions().settings([]) == Settings()

    def test_the_course_beats_the_default(self, course: Callable[..., Exercise]) -> None:
        """Also the default of a command."""
        exercise = course('criterion = "exact"\nfeedback = "verdict"\n')
        settings = RunOptions().settings([exercise], feedback=Feedback.KIND)
        assert (settings.criterion, settings.feedback) == (Criterion.EXACT, Feedback.VERDICT)

    def test_the_command_line_beats_the_course(self, course: Callable[..., Exercise]) -> None:
        """Even with the value of the default."""
        exercise = course('criterion = "exact"\nfeedback = "verdict"\n')
        settings = RunOptions(criterion=Criterion.CORRECT, feedback=Feedback.FULL).settings([exercise])
        assert (settings.criterion, settings.feedback) == (Criterion.CORRECT, Feedback.FULL)

    def test_each_setting_is_decided_separately(self, course: Callable[..., Exercise]) -> None:
        """One from the command line, one from the course, one by default."""
        exercise = course('feedback = "none"\n')
        settings = RunOptions(seed=7).settings([exercise])
        assert (settings.seed, settings.feedback, settings.criterion) == (7, Feedback.NONE, Criterion.CORRECT)

    def test_a_command_may_have_its_own_default(self, course: Callable[..., Exercise]) -> None:
        """Students of a class see the kind of a mistake."""
        assert RunOptions().settings([course()], feedback=Feedback.KIND).feedback is Feedback.KIND

    def test_seed_zero_is_a_seed(self) -> None:
        """Only None means that no seed was given."""
        assert RunOptions(seed=0).settings([]).seed == 0
        assert RunOptions().settings([], hidden_seed=0).hidden_seed == 0

    def test_settings_from_the_command_line_alone_are_passed_on(self) -> None:
        """Batch size, timeout and isolation."""
        settings = RunOptions(batch_size=8, timeout=2.5, isolation=Level.LOCKED).settings([], hidden_seed=5)
        assert (settings.batch_size, settings.timeout) == (8, 2.5)
        assert (settings.isolation, settings.hidden_seed) == (Level.LOCKED, 5)

    def test_modules_allowed_by_the_course_are_included(self, course: Callable[..., Exercise]) -> None:
        """The sandbox imports them before it locks."""
        assert RunOptions().settings([course('rules.imports = ["colorsys"]\n')]).imports == ("colorsys",)


class TestColor:
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
        """An empty NO_COLOR does not count, as https://no-color.org says."""
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
def test_an_invalid_value_is_refused(word: str, value: str, sentence: str) -> None:
    """By the option itself, with exit code 4 and a pointer to the help."""
    result = CliRunner().invoke(main, ["mlp", word, value], prog_name="grade")
    assert (result.exit_code, result.stdout) == (4, "")
    assert sentence in result.stderr
    assert result.stderr.endswith("\nTry 'grade --help' for help.\n")
