"""Every command that is shown anywhere is run by a test, or stands here with the reason why it is not."""

from __future__ import annotations

import re
import shlex
import tomllib

import click
import pytest
from shown import FILLED, ROOT, Shown, commands, of_source

from grader.cli.main import LATER, main
from grader.exercise.shelf import list_exercises

TRAPS = "tests/report/test_traps.py::test_"
RUN_BY = {
    r"\S+ !?(\.venv/bin/)?grade( .*)?": "this file, as far as options and arguments go",
    r"\S+ python3? -m grader( .*)?": "tests/test_wheel.py::test_the_public_api_works",
    r"\S+ python benchmarks/.*": "tests/benchmarks/test_quick.py::test_the_quick_form_ends_with_its_figures",
    r"\S+ python -OO": "tests/cli/test_main.py::test_help_keeps_its_sentences_without_docstrings",
    r"\S+ pytest exercises/": "tests/grading/test_plugin.py::test_every_gradient_is_an_item",
    r"\S+ pytest exercises/ -k dcounts": "tests/grading/test_plugin.py::test_k_selects_gradients",
    r"\S+ pytest exercises/mlp/backward\.py": "tests/grading/test_plugin.py::test_the_learners_file_can_be_named",
    r"\S+ pytest --collect-only exercises/": "tests/grading/test_plugin.py::test_collect_only_runs_nothing",
    r"\S+ dask (scheduler|worker)": "tests/classroom/test_cluster.py",
    r"grader/report/formats/gradescope\S+ .*": f"{TRAPS}gradescopes_scripts_spring_no_trap",
    r"action\.yml:.*": f"{TRAPS}the_actions_first_steps_spring_no_trap_and_remove_the_solutions",
    r"docs/instructors\.md:\d+ pip install -c \"\$grader.*": f"{TRAPS}the_recipe_for_ci_springs_no_trap",
    r"\S+ (\.venv/bin/)?python -m (sphinx|pytest).*": ".ci/run",
}
"""Place and command -> what runs it."""
NOT_RUN = {
    r"\.ci/run:.*|\.github/workflows/.*|\S+ bash \.ci/run": "it runs the tests",
    r"\.devcontainer/.*": "needs a container",
    r"\S+ ([!%]|\S*bin/)?(pip (install|wheel)|pipx|uvx?|git clone) .*": "downloads",
    r"docs/benchmarks\.md:\d+ python -m venv PEERS": "what follows it downloads other graders from an index",
    r"\S+ \.venv/bin/(tox|pre-commit).*": "downloads environments from an index",
    r"\S+ python -m build": "sets up an environment of its own from an index",
    r"\S+ source \.venv/bin/activate": "changes the shell that it is typed into",
    r"\S+ sudo apt install .*": "needs Debian and its archive",
    r"\S+ mount .*": "needs root, and changes the machine",
    r"\S+ python docs/\w+/make\.py": "makes files of the repository anew, pictures with chromium",
}
"""Place and command -> why nothing here can run it."""


@pytest.fixture(scope="module")
def shown() -> list[Shown]:
    return list(commands())


def test_every_command_is_run_or_says_why_not(shown: list[Shown]) -> None:
    """A new one needs a test, or a reason."""
    neither = [
        f"{each.place}: `{each.text}` is run by no test: name one in RUN_BY, or say in NOT_RUN why none can"
        for each in shown
        if not any(re.fullmatch(pattern, f"{each.place} {each.text}") for pattern in RUN_BY | NOT_RUN)
    ]
    assert neither == []


@pytest.mark.parametrize("pattern", RUN_BY | NOT_RUN)
def test_every_entry_is_about_a_command(pattern: str, shown: list[Shown]) -> None:
    """One whose command is gone would excuse the next that looks like it."""
    assert any(re.fullmatch(pattern, f"{each.place} {each.text}") for each in shown)


@pytest.mark.parametrize("test", [test for test in RUN_BY.values() if test.startswith(("tests/", "."))])
def test_every_test_that_runs_one_is_there(test: str) -> None:
    """Under the name that it has here."""
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8") or not name


def test_every_command_has_the_options_that_it_is_shown_with(
    shown: list[Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And those that are to be typed as they are have all that they need; they are parsed, not run."""
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, *_: value)
    monkeypatch.setattr(click.File, "convert", lambda _self, value, *_: value)
    wrong = [f"{each.place}: `{each.text}`: {said}" for each in shown if (said := problem(each))]
    assert wrong == []


def problem(shown: Shown) -> str | None:
    """What is wrong with a command of this project; None with any other."""
    if found := re.fullmatch(r"(?:[!%]?(?:\S*bin/)?grade|python3? -m grader)(?: (.*))?", shown.text):
        return of_grade(re.split(r" [|>;] ", found[1] or "")[0], whole=shown.whole)
    if found := re.fullmatch(r"python (benchmarks/\w+\.py) ?(.*)", shown.text):
        return of_benchmark(*found.groups())
    if re.search(r"\b(pip|uv|uvx|pipx) ", shown.text):
        return of_installation(shown.text)
    return None


def of_grade(words: str, *, whole: bool) -> str | None:
    """What click says. What a placeholder stands for may be of any kind."""
    general = re.search(rf"{FILLED}|\b[A-Z]{{2,}}\b|\$|\.\.\.", words)
    first, *_ = [*words.split(), "."]
    if re.fullmatch(r"[a-z][a-z-]+", first) and first not in {*main.commands, *LATER, *list_exercises()}:
        return f"there is no command, exercise or folder {first}" if not (ROOT / first).is_dir() else None
    try:
        context = main.make_context("grade", shlex.split(words))
        name, command, rest = main.resolve_command(context, [*context._protected_args, *context.args])
        command.make_context(name, rest, parent=context)
    except click.exceptions.Exit:
        return None
    except (click.MissingParameter, click.BadOptionUsage) as error:
        left_out = isinstance(error, click.MissingParameter) or words.endswith(error.option_name)
        return None if left_out and not whole else error.format_message()
    except click.BadParameter as error:
        return None if general else error.format_message()
    except click.UsageError as error:
        return error.format_message()
    return None


def of_benchmark(script: str, words: str) -> str | None:
    """A script, part or option that is not there."""
    if not (ROOT / script).is_file():
        return f"there is no {script}"
    source = "".join((ROOT / path).read_text("utf-8") for path in (script, "benchmarks/measurement.py"))
    used = re.findall(r"--[\w-]+", words) + re.findall(r"^[a-z]\w+", words)
    return next((f"{script} has no {word}" for word in used if f'"{word}"' not in source), None)


def of_installation(command: str) -> str | None:
    """An extra that the package does not have, or its name alone: no index has it."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    asked = [extra for some in re.findall(r"(?:\.|backprop-grader)\[([\w,]+)\]", command) for extra in some.split(",")]
    unknown = [extra for extra in asked if extra not in extras and extra != FILLED]
    if unknown:
        return f"there is no extra {unknown[0]}"
    return "no index has the package" if re.search(r"['\" ]backprop-grader(?![\w/-]|\S* @)", command) else None


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('f"run `grade {name} --exercise {other}` again"', ["grade FILLED --exercise FILLED"]),
        ("\"needs it: pip install 'a-b[c]', or \" f\"pip install -e '.[{c}]' here\"", [
            "pip install 'a-b[c]'", "pip install -e '.[FILLED]'",
        ]),
        ('"""Measures.\n\n    python benchmarks/watch.py   all of it\n"""', ["python benchmarks/watch.py"]),
        ('"#!/bin/sh\\nx/python -I -m grader a \\\\\\n --ci || exit\\n"', ["#! a script", "grade a --ci"]),
        ('"a grade book; `grade` it, or `import torch`"', []),
    ],
)  # fmt: skip
def test_commands_are_found_in_the_texts_of_a_program(source: str, found: list[str]) -> None:
    """In messages with values, in docstrings, in scripts that it writes; not in other words."""
    assert [each.text for each in of_source("a.py", source)] == found


@pytest.mark.parametrize(
    "command",
    [
        "grade mlp --nam mlp", "grade wacth", "grade batch a b --frobnicate", "grade mlp --feedback all",
        "python benchmarks/wach.py", "python benchmarks/batch.py grow",
        "python benchmarks/watch.py --slow", "pip install -e '.[pages]'", "pip install 'backprop-grader[html]'",
        "uv tool install backprop-grader",
    ],
)  # fmt: skip
def test_a_wrong_command_is_noticed(command: str) -> None:
    """An option, a command, a value, a script, an extra, or an index that does not have the package."""
    assert problem(Shown("a.py:1", command)) is not None
