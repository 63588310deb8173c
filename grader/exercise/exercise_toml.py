"""exercise.toml: an author's settings for an exercise."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from grader.exercise.form import (
    ARRAYS,
    STYLES,
    given_problem,
    keys_problem,
    names_problem,
    passes,
    path_problem,
    scale_problem,
    signature_problem,
)
from grader.exercise.nearest import did_you_mean
from grader.exercise.toml_file import TomlFile, TomlTable, flag, names, one_of, text, whole
from grader.sandbox.types import Passes, RulesConfig

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {"gradients": "GRADED", "training": "PARAMETERS", "layer": "GRADED"}
"""Each kind of exercise, and the constant of its forward.py that lists the graded variables."""
LIKE_A_MODULE = 0.85
"""How similar a mistyped module name must be: among thousands of modules, one is always a bit similar."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The author's hints for one variable; they never give the code."""

    shape: str = ""
    derivative: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseSettings:
    """exercise.toml, checked."""

    title: str
    kind: str = "gradients"
    minutes: int = 30
    difficulty: int = 1
    """From 1 (easy) up; the shipped exercises end at 5."""
    why: str = ""
    track: str = ""
    """The exercises that it belongs to, such as `lecture`; empty for none."""
    points: int = 1
    """What each gradient is worth, unless the course sets something else."""
    null: tuple[str, ...] = ()
    """The variables whose gradient the author knows to be zero."""
    stretches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Heading -> the variables that are shown under it."""
    exact_expected: bool = True
    exact_reason: str = ""
    exact_reference: str = ""
    """The hash of the reference gradients where they were measured; empty if that was not recorded."""
    rules: RulesConfig = field(default_factory=RulesConfig)
    hints: dict[str, Hint] = field(default_factory=dict)
    """By variable."""
    series: str = ""
    """Exercises of one series are done in one notebook, each in a part of its own."""
    part: int | None = None
    """The number of that part, as in `# Exercise 2`."""
    form: Passes | None = None
    """The functions of a layer."""
    synonyms: dict[str, str] = field(default_factory=dict)
    """What notebooks call a value or a size -> the exercise's own name: `batch_size` -> `n`."""


def import_problem(imports: Any) -> str | None:
    """What is wrong with a list of modules that learners may import; None if a sandbox could import them all."""
    if problem := names("numpy")("imports", imports):
        return problem
    missing = next((name for name in imports if not _is_module(name)), None)
    if missing is None:
        return None
    return f"[rules] imports lists the module {missing}, which is not installed here. {_instead(missing)}"


def _is_module(name: str) -> bool:
    """Whether a module could be imported; unlike find_spec(), this does not import its parent packages."""
    if name in sys.modules:
        return True
    top, *parts = name.split(".")
    if not all(part.isidentifier() for part in (top, *parts)):
        return False
    try:
        spec, whole = find_spec(top), top
    except ValueError:  # __main__ and the like, which have no spec
        return False
    for part in parts:
        if spec is None or spec.submodule_search_locations is None:
            break  # absent; or a module that may create its submodules on import, as six does
        whole = f"{whole}.{part}"
        spec = PathFinder.find_spec(whole, list(spec.submodule_search_locations))
    return spec is not None


def _instead(name: str) -> str:
    from importlib.metadata import packages_distributions

    meant = did_you_mean(name, {*sys.stdlib_module_names, *packages_distributions()}, "", LIKE_A_MODULE)
    return f"{meant} Correct the name, install the module, or remove it from the list".lstrip()


RULES = TomlTable({"imports": lambda _, value: import_problem(value), "names": names("getattr")})
"""[rules] of an exercise, and of a course."""

IN_FLOAT64 = "NumPy computes in float64."
"""Why bits are not compared where arrays are NumPy's."""

FORM = TomlTable(
    {
        "style": one_of(STYLES),
        "arrays": one_of(ARRAYS),
        "forward": signature_problem,
        "backward": signature_problem,
        "given": TomlTable(each=given_problem),
        "scale": TomlTable(each=scale_problem),
        "make": signature_problem,
        "set": TomlTable(each=path_problem),
        "read": TomlTable(each=path_problem),
        "class": names_problem,
        "arguments": names_problem,
    }
)
"""[form] of a layer."""

EXERCISE = TomlTable(
    {
        "title": text("Softmax by hand", empty=False),
        "kind": one_of(tuple(KINDS), "{key} must be 'gradients', 'training' or 'layer', not {value!r}"),
        "minutes": whole(1),
        "difficulty": whole(1),
        "why": text(),
        "track": text("lecture"),
        "points": whole(0),
        "null": names("b1"),
        "stretches": TomlTable(each=names("logits")),
        "exact": TomlTable({"expected": flag, "reason": text(), "reference": text("9f86d081...")}),
        "rules": RULES,
        "form": FORM,
        "notebook": TomlTable({"series": text("lecture"), "part": whole(1), "synonyms": TomlTable(each=text("n"))}),
        "hints": TomlTable(each=TomlTable({"shape": text(), "derivative": text()})),
    },
    required={"title": 'title is missing; every exercise needs one, such as title = "Softmax by hand"'},
)
"""What exercise.toml may contain."""


def read_settings(path: Path) -> ExerciseSettings:
    """Read and check an exercise.toml.

    Raises:
        BrokenExercise: `path:line: message` about the first error.
    """
    file = TomlFile.read(path, EXERCISE)
    data = file.data
    if "form" in data and (problem := keys_problem(data["form"])):
        file.refuse(problem, "form")
    plain = {k: data[k] for k in ("title", "kind", "minutes", "difficulty", "why", "track", "points") if k in data}
    exact, rules, form = data.get("exact", {}), data.get("rules", {}), passes(data.get("form", {}))
    return ExerciseSettings(
        **plain,
        null=tuple(data.get("null", ())),
        stretches={heading: tuple(members) for heading, members in data.get("stretches", {}).items()},
        exact_expected=exact.get("expected", form is None or form.arrays == "torch"),
        exact_reason=exact.get("reason", "" if form is None or form.arrays == "torch" else IN_FLOAT64),
        exact_reference=exact.get("reference", ""),
        rules=RulesConfig(imports=tuple(rules.get("imports", ())), names=tuple(rules.get("names", ()))),
        hints={variable: Hint(**hint) for variable, hint in data.get("hints", {}).items()},
        form=form,
        **data.get("notebook", {}),
    )
