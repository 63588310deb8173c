"""The checker of exercise.toml and course.toml: one message, with the line, for every error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.exercise.course import COURSE, read_course
from grader.exercise.exercise_toml import EXERCISE, ExerciseSettings, Hint, read_settings
from grader.exercise.forward import BrokenExercise
from grader.exercise.toml_file import TomlFile, TomlTable, line_of, names, text

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
title = "Squares"
kind = "training"
minutes = 20
difficulty = 2
why = "Because."
points = 3
null = ["b1"]

[stretches]
"tanh and gain" = ["h", "W"]

[exact]
expected = false
reason = "fused"

[rules]
imports = ["math"]
names = ["getattr"]

[hints.x]
shape = "like x"
"""


def told(path: Path, content: str, table: TomlTable = EXERCISE) -> str:
    """The message about a file, without the folder."""
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BrokenExercise) as caught:
        TomlFile.read(path, table)
    return str(caught.value).removeprefix(f"{path.parent}/")


def test_every_setting_is_read(tmp_path: Path) -> None:
    """Settings that are left out have their defaults."""
    file = tmp_path / "exercise.toml"
    file.write_text(FULL)
    found = read_settings(file)
    assert (found.title, found.kind, found.minutes, found.difficulty) == ("Squares", "training", 20, 2)
    assert (found.why, found.points, found.null) == ("Because.", 3, ("b1",))
    assert found.stretches == {"tanh and gain": ("h", "W")}
    assert (found.exact_expected, found.exact_reason) == (False, "fused")
    assert (found.rules.imports, found.rules.names) == (("math",), ("getattr",))
    assert found.hints == {"x": Hint("like x", "")}
    file.write_text('title = "t"\n')
    assert read_settings(file) == ExerciseSettings("t")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('title = "Squares"', "title = 5", '1: title must be a string such as title = "Softmax by hand", not 5'),
        ('title = "Squares"', 'title = ""', "1: title must be a string such as title = \"Softmax by hand\", not ''"),
        ('title = "Squares"\n', "", "1: title is missing; every exercise needs one, such as title = "),
        ('title = "Squares"', 'titel = "S"', "1: unknown key 'titel', and title is missing. Did you mean 'title'?"),
        ('kind = "training"', 'kind = "quiz"', "2: kind must be 'gradients', 'training' or 'layer', not 'quiz'"),
        ('kind = "training"', "kind = []", "2: kind must be 'gradients', 'training' or 'layer', not []"),
        ("minutes = 20", 'minutes = "many"', "3: minutes must be of type int, not str"),
        ("minutes = 20", "minutes = 0", "3: minutes is 0; it must be 1 or more"),
        ("minutes = 20", "minuts = 20", "3: unknown key 'minuts'; did you mean 'minutes'?"),
        ("minutes = 20", "xyz = 20", "3: unknown key 'xyz'; known keys: title, kind, minutes, difficulty, why,"),
        ("difficulty = 2", "difficulty = 2.5", "4: difficulty must be of type int, not float"),
        ('why = "Because."', "why = 1979-05-27", '5: why must be a string such as why = "...", not datetime.date'),
        ('why = "Because."', "track = 5", '5: track must be a string such as track = "lecture", not 5'),
        ("points = 3", "points = -1", "6: points is -1; it must be 0 or more"),
        ("points = 3", "points = true", "6: points must be of type int, not bool"),
        ('null = ["b1"]', 'null = "b1"', "7: null must be a list of names such as [\"b1\"], not 'b1'"),
        ('null = ["b1"]', "null = [1]", '7: null must be a list of names such as ["b1"], not [1]'),
        ('["h", "W"]', '"h"', "10: tanh and gain must be a list of names such as [\"logits\"], not 'h'"),
        (FULL[FULL.index("[str") : FULL.index("[exact")], "stretches = 3\n", "9: stretches must be a table such as"),
        ("expected = false", 'expected = "no"', "13: expected must be true or false, not 'no'"),
        ("expected = false", "expect = false", "13: unknown key 'expect'; did you mean 'expected'?"),
        ('reason = "fused"', "reason = 1", '14: reason must be a string such as reason = "...", not 1'),
        ('imports = ["math"]', 'imports = "math"', '17: imports must be a list of names such as ["numpy"], not'),
        ('imports = ["math"]', 'imports = ["mathh"]', "17: [rules] imports lists the module mathh, which is not"),
        ('names = ["getattr"]', "names = [1]", '18: names must be a list of names such as ["getattr"], not [1]'),
        ('names = ["getattr"]', "name = []", "18: unknown key 'name'; did you mean 'names'?"),
        ('[hints.x]\nshape = "like x"', 'hints.x = "like x"', "20: unknown key 'hints'"),
        ('[hints.x]\nshape = "like x"', '[hints]\nx = "like x"', "21: x must be a table such as [x], not 'like x'"),
        ('shape = "like x"', "shape = 3", '21: shape must be a string such as shape = "...", not 3'),
        ('shape = "like x"', 'shap = "like x"', "21: unknown key 'shap'; did you mean 'shape'?"),
        ("[hints.x]", "[[hints.x]]", "20: x must be a table such as [x], not [{"),
        ("[exact]", "[exact", "12: Expected ']' at the end of a table declaration"),
        ("[hints.x]", "[rules]", "20: Cannot declare ('rules',) twice"),
        ('shape = "like x"', 'shape = """like x', "21: Unterminated string"),
        ('shape = "like x"\n', 'shape = "a"\nshape = "b"\n', "22: Cannot overwrite a value"),
    ],
)  # fmt: skip
def test_an_error_in_exercise_toml_is_reported_with_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """Inside its tables, too."""
    assert old in FULL
    assert told(tmp_path / "exercise.toml", FULL.replace(old, new, 1)).startswith(f"exercise.toml:{sentence}")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('nam = "x"', "1: unknown key 'nam', and name is missing. Did you mean 'name'?"),
        ('name = "x"\nversion = ""', "2: version must be a string such as version = \"2026.1\", not ''"),
        ('name = "x"\nversion = "1"\npoints = 3', "3: points must be a table such as [points], not 3"),
        ('name = "x"\nversion = "1"\n[points]\nmlp = true', "4: default is worth True; points must be whole numbers"),
        ('name = "x"\nversion = "1"\n[points]\nmlp = -1', "4: default is worth -1; points must be whole numbers"),
        ('name = "x"\nversion = "1"\n[points]\nmlp = 1.5', "4: points of mlp must be a whole number, or a table by"),
        ('name = "x"\nversion = "1"\n[points.mlp.dx]\na = 1', "3: dx is worth {'a': 1}; points must be whole numbers"),
        ('name = "x"\nversion = "1"\nrules = []', "3: rules must be a table such as [rules], not []"),
        (
            'name = "x"\nversion = "1"\ncriterion = ["exact"]',
            "3: criterion is ['exact']; it must be one of correct, exact,",
        ),
    ],
)
def test_an_error_in_course_toml_is_reported_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    """By the same checker."""
    assert told(tmp_path / "course.toml", content, COURSE).startswith(f"course.toml:{sentence}")


def test_settings_that_a_course_leaves_out_are_none(tmp_path: Path) -> None:
    """The exercise or the command line decides them."""
    (tmp_path / "course.toml").write_text('name = "x"\nversion = "1"\npoints.mlp = 2\n')
    course = read_course(tmp_path / "course.toml")
    assert (course.criterion, course.feedback, course.visibility) == (None, None, None)
    assert (course.points_for("mlp", "dh", 1), course.points_for("rnn", "dh", 1)) == (2, 1)


def test_a_file_that_is_not_utf_8_cannot_be_read(tmp_path: Path) -> None:
    """This has nothing to do with TOML."""
    (tmp_path / "exercise.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(BrokenExercise, match=r"exercise\.toml cannot be read: "):
        read_settings(tmp_path / "exercise.toml")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("a",), 2),
        (("table",), 4),
        (("table", "b"), 5),
        (("table", "c d"), 6),
        (("table", "inner", "e"), 7),
        (("table", "inner"), 7),
        (("table", "in one line", "f"), 8),
        (("table", "nothing"), 4),
        (("other", "long"), 10),
        (("last", "g"), 15),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_a_key_has_the_line_on_which_it_is_written(keys: tuple[str, ...], line: int) -> None:
    """Otherwise the line of its table; what merely looks like a key inside a long string does not count."""
    content = """\
# a = 0
a = 1

[ table ]
b = 2
"c d" = 2
inner.e = 3
'in one line' = {f = 4}
[other]
long = '''
last = 1
[last]
'''
[last]
g = 5
"""
    assert line_of(content, *keys) == line


def test_a_description_may_leave_the_names_of_keys_open() -> None:
    """Named keys still have their own checks."""
    table = TomlTable({"title": text()}, each=names("a"), required={"title": "title is missing"})
    assert [problem for problem in table.problems({"title": "t", "x": ["y"]}) if problem[1]] == []
    assert [problem for problem in table.problems({"x": "y"}) if problem[1]] == [
        (("x",), "x must be a list of names such as [\"a\"], not 'y'"),
        (("title",), "title is missing"),
    ]
