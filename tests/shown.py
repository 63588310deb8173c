"""Finds every command that the repository shows to somebody: in pages, workflows, generated files and messages."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / ".github").glob("*.md"))]
RUN = ("sh", "console")
"""The languages of blocks that are run: commands alone, and commands with what they print."""

FILLED = "FILLED"
"""What stands for the value in a message."""

_PROGRAMS = "grade|pip3?|pipx|uvx?|python3?|py|pytest|tox|pre-commit|twine|bash|git|apt(-get)?|docker|mount|dask|source"
_COMMAND = re.compile(rf"[!%]?(sudo )?([A-Z_]+=\S+ )*(\S*(bin/|Scripts\\))?({_PROGRAMS}) .*|\.venv/bin/\S+")
_GRADER = re.compile(r"-m grader(?=\s)((?:[^|&;\n\\]|\\\n)*)")
"""`python -m grader ...` in a script, over continued lines."""
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_PIP = re.compile(r"(?<![\w-])(?:python3? -m )?pip install (?:--?[\w-]+ )*(?:'[^']+'|\"[^\"]+\"|[\w.\[\]/-]*[\w\]/])")
"""An installation in a sentence, without marks around it."""


@dataclass(frozen=True)
class Shown:
    """A command as it is shown, its values filled in."""

    place: str
    """File and line."""
    text: str
    whole: bool = False
    """Whether a reader is to type it as it is: nothing that it needs may be left out."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    line: int
    language: str
    text: str
    heading: str
    why_not: str
    state: str
    above: str
    """The text of the block before it."""

    def steps(self) -> Iterator[tuple[str, list[str]]]:
        """Each command, with the lines that it has to print."""
        if self.language == "sh":
            yield self.text, []
            return
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, *printed = part.splitlines()
            yield command, printed


FENCE = re.compile(r"^(?P<fence>```+)(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[Block]:
    """The page's fenced blocks, in order."""
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    for fenced in FENCE.finditer(text):
        before = text[: fenced.start()].rstrip()
        heading = (re.findall(r"^## .+$", before, re.MULTILINE) or [""])[-1]
        above = found[-1].text if found else ""
        line, said = _line(text, fenced.start()), _said(before.rpartition("\n")[2])
        found.append(Block(line, fenced["language"], fenced["text"], heading, *said, above))
    return found


def _said(comment: str) -> tuple[str, str]:
    """Why a block is not run, and the state that it wants."""
    why = re.fullmatch(r"<!-- not run: (.+) -->", comment)
    state = re.fullmatch(r"<!-- in: (\S+) -->", comment)
    return (why[1] if why else "", state[1] if state else "")


def commands() -> Iterator[Shown]:
    """Every command that no page's block shows for the tests of pages to run, nor one that says why it is not run."""
    for page in [*PAGES, ROOT / "CHANGELOG.md"]:
        yield from _of_page(page)
    for path in [ROOT / "action.yml", *_files(".github", ".yml"), *_files(".devcontainer", ".json"), *_files(".ci")]:
        yield from _of_script(_named(path), path.read_text(encoding="utf-8"), 1)
    for path in [*_files("grader", ".py"), *_files("benchmarks", ".py"), *_files("docs", ".py")]:
        yield from of_source(_named(path), path.read_text(encoding="utf-8"))
    for path in [*_files("grader", ".html", ".ini", ".json", ".md"), *_files("exercises", ".py", ".toml")]:
        yield from _spans(_named(path), re.sub("</?code>", "`", path.read_text(encoding="utf-8")), 1)


def _files(folder: str, *suffixes: str) -> Iterator[Path]:
    """The files of a folder with these endings; all if none is given."""
    found = sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
    return (path for path in found if path.name.endswith(suffixes or ""))


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _of_page(page: Path) -> Iterator[Shown]:
    """In the text and its tables, and in blocks that the tests of pages only read."""
    name, text = _named(page), page.read_text(encoding="utf-8")
    bare = FENCE.sub(lambda fenced: "\n" * fenced[0].count("\n"), text)
    for shown in _spans(name, bare, 1):
        whole = shown.text.count(" ") > 1 and not re.search(r"\b[A-Z]{3,}\b|\.\.\.|://", shown.text)
        yield Shown(shown.place, shown.text, whole and page in PAGES)
    for block in blocks(page):
        if block.language not in RUN and not block.why_not:
            yield from _of_script(name, block.text, block.line + 1)


def _spans(name: str, text: str, first: int) -> Iterator[Shown]:
    """What stands between backticks."""
    for span in _SPAN.finditer(text):
        yield from _checked(f"{name}:{first + _line(text, span.start()) - 1}", [" ".join(span[1].split())])


def _of_script(name: str, text: str, first: int) -> Iterator[Shown]:
    """The lines that begin with a program, and every call of the package."""
    for number, line in enumerate(text.splitlines(), first):
        begun = re.sub(r'^\s*("\w+": "|- run: |run: |\$ )?', "", line)
        yield from _checked(f"{name}:{number}", re.split(r"; (?=\S*(?:bin/|Scripts))|  +#|\",$", begun))
    for call in _GRADER.finditer(text):
        words = re.sub(r'"?\$\{\w+\[@\]\}"?|\\\n|code=.*', " ", call[1])
        yield Shown(f"{name}:{first + _line(text, call.start()) - 1}", " ".join(["grade", *words.split()]))


def of_source(name: str, source: str) -> Iterator[Shown]:
    """In a program's texts: its messages, its help, the files that it writes."""
    for line, text in _texts(ast.parse(source)):
        if text.startswith("#!"):
            yield Shown(f"{name}:{line}", "#! a script")
            yield from (shown for shown in _of_script(name, text, line) if shown.text.startswith("grade "))
        yield from _spans(name, text, line)
        outside = _SPAN.sub(" ", text)
        alone = re.findall(r"^ {4,}(\S+(?: \S+)*)", outside, re.MULTILINE)
        yield from _checked(f"{name}:{line}", dict.fromkeys([*_PIP.findall(outside), *alone]))


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of a program with its line; a value in an f-string is filled in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else FILLED for part in node.values]
            yield node.lineno, "".join(map(str, parts)).replace(FILLED * 2, FILLED)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        else:
            yield from _texts(node)


def _checked(place: str, texts: Iterable[str]) -> Iterator[Shown]:
    """Those that are commands, each of a chain by itself."""
    for text in (each for chain in texts for each in chain.split(" && ")):
        if _COMMAND.fullmatch(text):
            yield Shown(place, text)
