"""The checker of exercise.toml and course.toml: one sentence, with the line, for everything that can be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.exercise.course import COURSE, read_course
from grader.exercise.exercise_toml import EXERCISE, ExerciseSettings, Hint, read_settings
from grader.exercise.forward import BrokenExercise
from grader.exercise.toml_file import Table, TomlFile, line_of, names, text

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


def told(path: Path, content: str, table: Table = EXERCISE) -> str:
    """What is said about a file, without the folder."""
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BrokenExercise) as caught:
        TomlFile.read(path, table)
    return str(caught.value).removeprefix(f"{path.parent}/")


def test_everything_that_an_author_may_say_is_read(tmp_path: Path) -> None:
    """And what is not said has its default."""
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
        ('title = "Squares"', "title = 5", '1: title has to be a text such as title = "Softmax by hand", not 5'),
        ('title = "Squares"', 'title = ""', "1: title has to be a text such as title = \"Softmax by hand\", not ''"),
        ('title = "Squares"\n', "", "1: title is missing, and every exercise has one: write title = "),
        ('title = "Squares"', 'titel = "S"', "1: unknown key 'titel', and title is missing. Did you mean 'title'?"),
        ('kind = "training"', 'kind = "quiz"', "2: kind is 'gradients' or 'training', not 'quiz'"),
        ('kind = "training"', "kind = []", "2: kind is 'gradients' or 'training', not []"),
        ("minutes = 20", 'minutes = "many"', "3: minutes has to be of type int, not str"),
        ("minutes = 20", "minutes = 0", "3: minutes is 0; it has to be a whole number from 1 up"),
        ("minutes = 20", "minuts = 20", "3: unknown key 'minuts'; did you mean 'minutes'?"),
        ("minutes = 20", "xyz = 20", "3: unknown key 'xyz'; there are: title, kind, minutes, difficulty, why, points,"),
        ("difficulty = 2", "difficulty = 2.5", "4: difficulty has to be of type int, not float"),
        ('why = "Because."', "why = 1979-05-27", '5: why has to be a text such as why = "...", not datetime.date'),
        ("points = 3", "points = -1", "6: points is -1; it has to be a whole number from 0 up"),
        ("points = 3", "points = true", "6: points has to be of type int, not bool"),
        ('null = ["b1"]', 'null = "b1"', "7: null has to be a list of names such as [\"b1\"], not 'b1'"),
        ('null = ["b1"]', "null = [1]", '7: null has to be a list of names such as ["b1"], not [1]'),
        ('["h", "W"]', '"h"', "10: tanh and gain has to be a list of names such as [\"logits\"], not 'h'"),
        (FULL[FULL.index("[str") : FULL.index("[exact")], "stretches = 3\n", "9: stretches has to be a table such as"),
        ("expected = false", 'expected = "no"', "13: expected has to be true or false, not 'no'"),
        ("expected = false", "expect = false", "13: unknown key 'expect'; did you mean 'expected'?"),
        ('reason = "fused"', "reason = 1", '14: reason has to be a text such as reason = "...", not 1'),
        ('imports = ["math"]', 'imports = "math"', '17: imports has to be a list of names such as ["numpy"], not'),
        ('imports = ["math"]', 'imports = ["mathh"]', "17: [rules] imports names the module mathh, which is not"),
        ('names = ["getattr"]', "names = [1]", '18: names has to be a list of names such as ["getattr"], not [1]'),
        ('names = ["getattr"]', "name = []", "18: unknown key 'name'; did you mean 'names'?"),
        ('[hints.x]\nshape = "like x"', 'hints.x = "like x"', "20: unknown key 'hints'"),
        ('[hints.x]\nshape = "like x"', '[hints]\nx = "like x"', "21: x has to be a table such as [x], not 'like x'"),
        ('shape = "like x"', "shape = 3", '21: shape has to be a text such as shape = "...", not 3'),
        ('shape = "like x"', 'shap = "like x"', "21: unknown key 'shap'; did you mean 'shape'?"),
        ("[hints.x]", "[[hints.x]]", "20: x has to be a table such as [x], not [{"),
        ("[exact]", "[exact", "12: Expected ']' at the end of a table declaration"),
        ("[hints.x]", "[rules]", "20: Cannot declare ('rules',) twice"),
        ('shape = "like x"', 'shape = """like x', "21: Unterminated string"),
        ('shape = "like x"\n', 'shape = "a"\nshape = "b"\n', "22: Cannot overwrite a value"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_in_an_exercise_is_one_sentence_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    """Inside its tables too."""
    assert old in FULL
    assert told(tmp_path / "exercise.toml", FULL.replace(old, new, 1)).startswith(f"exercise.toml:{sentence}")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('nam = "x"', "1: unknown key 'nam', and name is missing. Did you mean 'name'?"),
        ('name = "x"\nversion = ""', "2: version has to be a text such as version = \"2026.1\", not ''"),
        ('name = "x"\nversion = "1"\npoints = 3', "3: points has to be a table such as [points], not 3"),
        ('name = "x"\nversion = "1"\n[points]\nmlp = true', "4: default is worth True; points are whole numbers"),
        ('name = "x"\nversion = "1"\n[points]\nmlp = -1', "4: default is worth -1; points are whole numbers"),
        ('name = "x"\nversion = "1"\n[points]\nmlp = 1.5', "4: points of mlp are a whole number, or a table by"),
        ('name = "x"\nversion = "1"\n[points.mlp.dx]\na = 1', "3: dx is worth {'a': 1}; points are whole numbers"),
        ('name = "x"\nversion = "1"\nrules = []', "3: rules has to be a table such as [rules], not []"),
        ('name = "x"\nversion = "1"\ncriterion = ["exact"]', "3: criterion is ['exact']; it can be correct, exact,"),
    ],
)
def test_whatever_is_wrong_in_a_course_is_one_sentence_with_its_line(
    tmp_path: Path, content: str, sentence: str
) -> None:
    """By the same checker."""
    assert told(tmp_path / "course.toml", content, COURSE).startswith(f"course.toml:{sentence}")


def test_a_course_that_says_little_decides_little(tmp_path: Path) -> None:
    """None where the exercise or the command line decides."""
    (tmp_path / "course.toml").write_text('name = "x"\nversion = "1"\npoints.mlp = 2\n')
    course = read_course(tmp_path / "course.toml")
    assert (course.criterion, course.feedback, course.visibility) == (None, None, None)
    assert (course.points_for("mlp", "dh", 1), course.points_for("rnn", "dh", 1)) == (2, 1)


def test_a_file_that_is_not_utf_8_cannot_be_read(tmp_path: Path) -> None:
    """It is no question of TOML."""
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
    """Else its table has; what merely looks like a key inside a long text does not count."""
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
    """Those that it names all the same have their own kind."""
    table = Table({"title": text()}, each=names("a"), required={"title": "title is missing"})
    assert [problem for problem in table.problems({"title": "t", "x": ["y"]}) if problem[1]] == []
    assert [problem for problem in table.problems({"x": "y"}) if problem[1]] == [
        (("x",), "x has to be a list of names such as [\"a\"], not 'y'"),
        (("title",), "title is missing"),
    ]
