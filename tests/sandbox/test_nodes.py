"""Walking a syntax tree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.sandbox.rules.nodes import walk

SOURCES = sorted(Path(__file__).parent.glob("test_r*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_walk_finds_what_ast_finds_in_the_same_order_but_no_contexts(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]


def test_walk_descends_into_what_only_some_statements_have() -> None:
    text = "match a:\n    case [x, *y] if f'{x!r:>{w}}': global b\ntry: pass\nexcept* E as e: c[d:=1]\n"
    tree = ast.parse(text)
    assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
