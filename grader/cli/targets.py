"""Resolves the targets of a command: an exercise, one of its gradients, or the path to a submission."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.edge import Misuse, show
from grader.exercise.forward import BrokenExercise
from grader.exercise.nearest import LIKE_TYPED, nearest, unknown
from grader.exercise.shelf import (
    WORKSPACE,
    Shelf,
    curriculum,
    installed,
    is_exercise,
    list_exercises,
    load_exercise,
    of_exercises,
    readable,
    the_gradient,
)
from grader.exercise.tracks import track_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.exercise.exercise import Exercise


CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BITBUCKET_CLONE_DIR", "BUILD_SOURCESDIRECTORY", "WORKSPACE")
"""Environment variables with the checkout's path on GitHub, GitLab, Bitbucket, Azure and Jenkins."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to grade: a path, the gradients named (none: all), and the exercise if the target names it."""

    path: Path
    only: tuple[str, ...] = ()
    exercise: Exercise | None = None


def resolve(words: Sequence[str], shelf: Shelf) -> list[Target]:
    """The targets in the order named; those with the same path are merged."""
    if not words:
        return _everything(shelf)
    found: dict[Path, Target] = {}
    for word in words:
        for target in _everything(shelf) if _is_all(word, shelf) else [_target(word, shelf)]:
            found[target.path] = _merged(found.get(target.path), target)
    return list(found.values())


def _merged(before: Target | None, target: Target) -> Target:
    """Two targets with the same path as one."""
    if before is None:
        return target
    both = before.only and target.only
    return Target(target.path, (*before.only, *target.only) if both else (), target.exercise)


def _is_all(word: str, shelf: Shelf) -> bool:
    """Whether a target is the whole workspace here: `exercises`, or `.` where there is no backward.py."""
    if shelf.forced is not None or not list_exercises(WORKSPACE):
        return False
    path, here = Path(word).resolve(), Path.cwd()
    return path == WORKSPACE.resolve() or (path == here.resolve() and not (here / "backward.py").is_file())


def _everything(shelf: Shelf) -> list[Target]:
    if shelf.forced is not None:
        return [_target(shelf.forced, shelf)]
    names = [name for name in list_exercises(WORKSPACE) if not shelf.ci or name in shelf.names()]
    if names:
        exercises = sorted(_loaded(names, shelf), key=curriculum)
        return [Target(WORKSPACE / exercise.name, exercise=exercise) for exercise in exercises]
    if Path("backward.py").is_file():
        return [_path(Path(), shelf)]
    raise Misuse(
        "nothing to grade: there is no exercises/ folder here. "
        "Create a workspace with `grade init DIR`, or grade a file or folder with `grade PATH`"
    )


def _loaded(names: Sequence[str], shelf: Shelf) -> list[Exercise]:
    """The exercises of these names, without those that cannot be read; in CI, where a grade would lack them, all.

    Raises:
        BrokenExercise: one cannot be read, in CI; or none can be.
    """
    if shelf.ci:
        return [*map(shelf.load, names)]
    found, broken = shelf.load_all(names)
    if not found:
        raise BrokenExercise(broken[0])
    for sentence in broken:
        show(f"left out: {sentence}", err=True)
    return found


def _target(word: str, shelf: Shelf) -> Target:
    name, separator, gradient = word.partition("::")
    target = _named(name, shelf) or _path(Path(name), shelf)
    if not separator:
        return target
    if target.exercise is None:
        raise Misuse(f"which exercise is {name} for? Name it with --exercise to grade only {gradient}")
    return Target(target.path, (the_gradient(gradient, target.exercise),), target.exercise)


def _named(name: str, shelf: Shelf) -> Target | None:
    """The target for an exercise's name: the learner's own work on it, in the workspace."""
    if is_exercise(WORKSPACE / name) and Path(name).name == name:
        return Target(WORKSPACE / name, exercise=shelf.load(shelf.forced or name))
    if name not in shelf.names() or Path(name).exists():
        return None
    shelf.load(name)  # of one that cannot be had, the message says why
    raise Misuse(
        f"{name} is an exercise, but there is no {WORKSPACE / name} here. "
        f"{_to_have(name)}, or grade a file or folder with `grade PATH`"
    )


def _to_have(name: str) -> str:
    """How to get an installed exercise into a workspace."""
    folders = installed(name) if list_exercises(WORKSPACE) else []
    if not folders:
        return "Create a workspace with `grade init DIR`"
    track = track_of(folders[0])
    return f"Add it with `grade init .{f' --track {track}' if track else ''}`"


def _path(path: Path, shelf: Shelf) -> Target:
    if not path.exists() and not path.is_symlink():
        raise Misuse(_nowhere(path, shelf))
    if shelf.forced is not None:
        return Target(path, exercise=shelf.load(shelf.forced))
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    if not shelf.ci and shelf.directory is None and is_exercise(folder):
        return Target(path, exercise=load_exercise(folder))
    return Target(path, exercise=shelf.load(folder.name) if folder.name in shelf.names() else None)


def _nowhere(path: Path, shelf: Shelf) -> str:
    """The message for a target that is neither an exercise nor a path, with a suggestion."""
    if whose := of_exercises(str(path), shelf):
        return whose
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() and path.parent != Path() else []
    known = [*shelf.names(), *(str(path.parent / name) for name in near)]
    # A mistyped command is suggested, but commands are not listed among exercises and paths.
    close = nearest(str(path), [*_commands(), *known], LIKE_TYPED)
    return unknown(str(path), [close] if close else known, "exercise or path")


def checkout(path: Path) -> Path | None:
    """In CI, the trusted folder that holds the path: the current one or the checkout. Links below it are not followed.

    None if neither holds it: then only its last component must not be a link.

    Raises:
        Misuse: a relative path, and the current folder is outside the checkout: a link in it may have led there.
    """
    known, here = [Path(os.environ[name]) for name in CHECKOUTS if os.environ.get(name)], Path.cwd()
    if path.is_absolute():
        return next((root for root in (here, *known) if path.is_relative_to(root) and path != root), None)
    if known and not any(here.is_relative_to(root.resolve()) for root in known):
        raise Misuse(
            f"{path} is relative to {here}, which is outside the checkout ({known[0]}): a link may have led there. "
            "Use the submission's absolute path"
        )
    return Path()


def _commands() -> list[str]:
    """Commands to suggest for a mistyped word: for `wacth`, not for `hint wacth`. None that are hidden."""
    context = click.get_current_context()
    root = context.find_root()
    if context.info_name != "run":
        return []
    group: Any = root.command
    hidden = {name for name, command in group.commands.items() if command.hidden}
    return [name for name in group.list_commands(root) if name not in hidden]


def complete_target(ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[Any]:
    """Complete exercises, and gradients after `mlp::`. Bash splits `mlp::dprobs` into `mlp`, `::` and `dprobs`."""
    from click.shell_completion import CompletionItem

    shelf, before = Shelf(), [str(word) for word in ctx.params.get("targets") or ()]
    typed = "".join(before[-2:] if before[-1:] == ["::"] else before[-1:] if incomplete == "::" else []) + incomplete
    name, separator, _ = typed.partition("::")
    exercise = readable(name, shelf.load) if separator and name in shelf.names() else None
    gradients = exercise.gradients if exercise else ()
    words = [f"{name}::{gradient}" for gradient in gradients] if separator else shelf.names()
    given = len(typed) - len(incomplete)
    return [CompletionItem(word[given:]) for word in words if word.startswith(typed)]
