"""The words of a diagnosis are in a table each, and nowhere else in the room."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from grader.diagnosis import phrases, sentences
from grader.diagnosis.formula import name, upstream
from grader.diagnosis.phrases import TEMPLATES, Dimensions, LineNumbers, listed, said, words

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(phrases.__file__).parent
WORDS = ("phrases.py", "sentences.py", "kinds.py")
"""The modules that hold the words."""
TREES = {
    path.relative_to(ROOM).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(ROOM.rglob("*.py"))
    if path.name not in WORDS
}
OPERATORS = {"candidates/mutations.py", "candidates/slips.py"}
"""Modules in which two words may be the name of a mutation: `drop operand`."""
SEVERAL_WORDS = r"[A-Za-z]{2,}[,;:]? +(?=[A-Za-z]{2,})"


def texts(tree: ast.AST) -> Iterator[str]:
    """The strings of a piece of code; no docstrings, and nothing that an exception says."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not isinstance(tree, ast.Expr):
            yield node.value
        elif not isinstance(node, ast.Raise):
            yield from texts(node)


def calls(function: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function in the room, with the function that it is in."""
    for module, tree in TREES.items():
        for outer in tree.body:
            for node in ast.walk(outer):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                    yield f"{module} {getattr(outer, 'name', '')}", node


def keys_said() -> Iterator[tuple[str, str, ast.Call]]:
    """Every key that is written in the call, with its place."""
    for place, call in calls("said"):
        if isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), place, call


def fields_of(template: str) -> set[str]:
    """The names in a template."""
    return {name for _, field, _, _ in Formatter().parse(template) for name in re.findall(r"\w+", field or "")}


@pytest.mark.parametrize("module", TREES)
def test_whatever_looks_for_a_mistake_holds_no_sentence(module: str) -> None:
    """A string there is a name, a key or code."""
    most = 1 if module in OPERATORS else 0
    assert [text for text in texts(TREES[module]) if len(re.findall(SEVERAL_WORDS, text)) > most] == []


def test_a_sentence_would_be_found() -> None:
    """In a string that is used, or in part of one."""
    tree = ast.parse('"""No text."""\nx = f"{a} is missing", "({} > 0)"\nraise ValueError("no such thing")')
    assert [text for text in texts(tree) if re.search(SEVERAL_WORDS, text)] == [" is missing"]


def test_every_phrase_has_a_template_with_its_fields() -> None:
    """No more and no fewer."""
    wrong = {}
    for key, place, call in keys_said():
        given = {keyword.arg for keyword in call.keywords}
        if key not in TEMPLATES or (None not in given and given != fields_of(TEMPLATES[key])):
            wrong[key] = place
    assert wrong == {}


def test_every_template_is_used() -> None:
    """By its key."""
    used = {text for tree in TREES.values() for text in texts(tree)}
    assert TEMPLATES.keys() - used == set()


def test_a_key_belongs_to_one_generator() -> None:
    """So what is reported shows which of them found it."""
    places = defaultdict(set)
    for key, place, _ in keys_said():
        places[key].add(place)
    assert {key: found for key, found in places.items() if len(found) > 1} == {}


def test_every_finding_has_its_sentence_and_every_sentence_its_finding() -> None:
    """By key."""
    tables = (sentences._IDENTITIES, sentences._LONGER, sentences._WITHOUT)
    known = [key for table in tables for key in table]
    found = {text for _, call in calls("explanation") for text in texts(ast.Tuple([call.args[1]]))}
    assert len(known) == len(set(known))
    assert found == set(known)


def test_a_phrase_is_put_into_words_with_the_phrases_in_it() -> None:
    """Values as the learner writes them."""
    change = said("function_applied", function="{}*(1 - {})", of=upstream("x"))
    assert words(said("wherever_needed", leaf=name("y"), change=change)) == (
        "wherever y is needed, dx*(1 - dx) is used instead of dx"
    )
    assert words(said("raised", of=said("result"), power=0.5)) == "it is raised to the power 0.5"
    assert words(said("summed_over_another", over=Dimensions((0, 2)))) == "it is summed over dimensions 0 and 2 instead"
    windows = said("lines_with", having=said("windows_apart"), lines=LineNumbers((3, 4)))
    assert words(windows) == "windows that never overlap (lines 3 and 4)"
    assert words(said("slopes_missing", of=("a", "b", "c"))).endswith("the derivatives of a, b and c are missing")


@pytest.mark.parametrize(
    ("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_ends_with_and(parts: list[str], text: str) -> None:
    """Without a comma before it."""
    assert listed(parts) == text
