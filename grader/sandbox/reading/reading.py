"""Reads a submission in the locked child before any of it runs: which file, which functions, which rules are broken,
and the code that may run.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import CodeType
from typing import TYPE_CHECKING

from grader.sandbox.cleaning import shortened
from grader.sandbox.reading import flat_lines, notebook
from grader.sandbox.reading.bodies import borrowed, unreturned
from grader.sandbox.reading.choosing import (
    NOTHING,
    Candidate,
    Chosen,
    base,
    choose,
    has_work,
    is_of_another,
    most_promising,
    sorted_answers,
)
from grader.sandbox.reading.forms import form_of
from grader.sandbox.reading.own_lines import own_lines
from grader.sandbox.reading.own_names import is_gradient
from grader.sandbox.reading.rewriting import rewrite
from grader.sandbox.reading.slicing import Around, Made
from grader.sandbox.reading.source import NotPythonError, decode, parse, quoted
from grader.sandbox.reading.steps import CellBody, assigned, called, free_names
from grader.sandbox.reading.submitted_files import BadArchiveError, archives, listable, rough_answers, unpacked
from grader.sandbox.rules import suspicion
from grader.sandbox.rules.following import blocks
from grader.sandbox.rules.nodes import walk
from grader.sandbox.rules.rules import Tainted, judge
from grader.sandbox.rules.syntax import all_arguments, look
from grader.sandbox.skipped_folders import NOT_ANSWERS
from grader.sandbox.types import Finding, Function, Parameter, Reading, RulesConfig, Survey, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import CodeType

    from grader.sandbox.rules.syntax import FileFacts
    from grader.sandbox.types import OwnLine

ANSWER = re.compile(r"d\w+|gradients")
"""The name of a learner's function: `dlogits`; `gradients` in the training exercise."""
MOST_FUNCTIONS = 300
MOST_PARAMETERS = 255
LONGEST_NAME = 100
MOST_FINDINGS = 50
MOST_NOTES = 20
_LECTURES = frozenset(("torch", "F"))
"""Modules that lines outside functions may use without importing them."""
_SURVEYED = ("begun", "stubs", "computed", "functions", "empty")
MOST_PIECES = 2000
"""Of more, the last statements are run together: one that fails then takes those after it with it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Top-level statements that are run together: one that may fail alone, definitions that cannot fail together."""

    code: CodeType
    at: str
    """File and line, for messages."""
    binds: frozenset[str] = frozenset()
    """The names that it may define."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission as the child holds it: the reading to send, and the code to run."""

    reading: Reading
    place: Callable[[int], tuple[str, int]] | None = None
    """Converts a line of the code into the file or cell, and the line there."""
    pieces: tuple[Piece, ...] = ()
    """The code in the pieces that are run one after the other; none if there is a problem."""

    @property
    def source(self) -> str:
        """The code as text if it was assembled from a notebook or from flat lines, otherwise empty."""
        return self.reading.source


@dataclass(frozen=True, slots=True)
class _Code:
    """A submission's statements and their locations."""

    file: str
    tree: ast.Module
    place: Callable[[int], tuple[str, int]]
    notes: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    assembled: bool = False
    lines: tuple[str, ...] = ()
    """The text that the tree's line numbers refer to."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """What is in cells that cannot be read -> why not."""
    computed: frozenset[str] = frozenset()
    """The names that lines outside functions assign."""


def read(files: Mapping[str, bytes], rules: RulesConfig, wanted: Wanted | None = None) -> Submitted:
    """Read a submission for an exercise; without one, whatever gradients are in it.

    Never raises, whatever the bytes: anything unreadable is a problem reported to the learner.
    """
    name = "backward.py"
    try:
        found = _Found(files, wanted)
        chosen = found.choose()
        name = chosen.name
        submitted = _judged(_noted(found.code(name), chosen), rules, wanted)
        more = replace(submitted.reading, surveys=found.surveys(chosen), form=found.form(chosen))
        return replace(submitted, reading=more)
    except NotPythonError as error:
        return _problem(name, str(error), error.line)
    except BadArchiveError as error:
        return _problem(name, str(error))
    except (RecursionError, MemoryError):
        return _problem(name, f"{shortened(name)}: the code is nested too deeply to be read")
    except Exception as error:  # noqa: BLE001  # hostile bytes must not stop a class's grading
        return _problem(name, f"{shortened(name)}: the file could not be read (internal error: {type(error).__name__})")


class _Found:
    """The files of a submission, and what is in each; archives are opened only if there is no work beside them."""

    def __init__(self, files: Mapping[str, bytes], wanted: Wanted | None) -> None:
        self.wanted = wanted
        self.files = listable(files)
        self._codes: dict[str, _Code | NotPythonError] = {}
        self.candidates = self._surveyed(self.files)
        if archives(files) and not any(has_work(each, wanted) for each in self.candidates):
            self._open_archives(files)
        if not self.files:
            raise NotPythonError(NOTHING)

    def _open_archives(self, files: Mapping[str, bytes]) -> None:
        for number, name in enumerate(archives(files)):
            try:
                inside = unpacked(shortened(name), files[name])
            except BadArchiveError:
                if self.files or number + 1 < len(archives(files)):
                    continue
                raise
            more = {f"{name}/{inner}" if inner in self.files else inner: data for inner, data in inside.items()}
            self.candidates += self._surveyed(more)
            self.files |= more

    def _surveyed(self, files: Mapping[str, bytes]) -> list[Candidate]:
        return [self._candidate(name, files[name]) for name in most_promising(files, self.wanted)]

    def _candidate(self, name: str, data: bytes) -> Candidate:
        try:
            code = self._codes[name] = _code(name, data, self.wanted)
        except NotPythonError as error:
            self._codes[name] = error
        except (RecursionError, MemoryError):
            self._codes[name] = NotPythonError(f"{shortened(name)}: the code is nested too deeply to be read")
        else:
            begun, stubs = sorted_answers(definitions(code.tree.body, self.wanted))
            begun = begun or self._of_others(name, data)
            flat = code.assembled or not (begun or stubs)
            unknown = flat and self.wanted is None  # what it computes and what it has lost say what it is about
            computed = tuple(sorted(code.computed))[:MOST_FUNCTIONS] if unknown else ()
            others = sorted_answers(_others(code.tree.body)) if self.wanted is None else ((), ())
            if unknown:
                begun = begun or tuple(name for name in code.lost if is_gradient(name))
            functions, empty, begun, stubs = (names[:MOST_FUNCTIONS] for names in (*others, begun, stubs))
            arrays = tuple(_arrays(code.tree.body)) if self.wanted is None else ()
            return Candidate(name, Survey(shortened(name), begun, stubs, flat, computed, functions, empty, arrays))
        return Candidate(name, Survey(shortened(name)), broken=rough_answers(data) > 0, read=False)

    def _of_others(self, name: str, data: bytes) -> tuple[str, ...]:
        """The answers to other exercises: lines outside functions are read for one exercise at a time."""
        if self.wanted is None:
            return ()
        begun, _ = sorted_answers(definitions(_code(name, data, None).tree.body, None))
        return tuple(each for each in begun if each not in self.wanted.answers)

    def choose(self) -> Chosen:
        """The file to grade."""
        return choose(self.files, self.candidates, self.wanted)

    def code(self, name: str) -> _Code:
        """One file's statements.

        Raises:
            NotPythonError: it has none that can be read.
        """
        found = self._codes[name]
        if isinstance(found, NotPythonError):
            raise found
        return found

    def surveys(self, chosen: Chosen) -> tuple[Survey, ...]:
        """What is in each file that has an answer, or may have one; the chosen file first."""
        order = sorted(self.candidates, key=lambda each: (each.name != chosen.name, each.name))
        return tuple(each.survey for each in order if any(getattr(each.survey, part) for part in _SURVEYED))

    def form(self, chosen: Chosen) -> str:
        """A backward pass in a form that is not graded, if there is no work in any other.

        Not for a layer: the other functions in its file are those of other layers.
        """
        has_begun = any(each.name == chosen.name and has_work(each, self.wanted) for each in self.candidates)
        if has_begun or (self.wanted and self.wanted.passes):
            return ""
        mine = (name for name in chosen.others if self.wanted is None or not is_of_another(name, self.wanted))
        for name in (chosen.name, *mine):
            code = self._codes.get(name)
            with suppress(RecursionError, MemoryError):  # this only says more; the file can be read without it
                if isinstance(code, _Code) and (found := form_of(_whole(code), code.lines, code.place, self.wanted)):
                    return found
        return ""


def _whole(code: _Code) -> list[ast.stmt]:
    """Every statement of a file: of a notebook's, the tree has only those that are kept."""
    if code.assembled:
        text = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in code.lines)
        with suppress(NotPythonError):
            return parse(code.file, text).body
    return code.tree.body


def _noted(code: _Code, chosen: Chosen) -> _Code:
    return replace(code, notes=(chosen.note, *code.notes)) if chosen.note else code


def _problem(name: str, sentence: str, line: int | None = None) -> Submitted:
    return Submitted(Reading(shortened(name), {}, problem=shortened(sentence, 400), line=line))


def _code(name: str, data: bytes, wanted: Wanted | None) -> _Code:
    reader = _python if name.lower().endswith(".py") else _notebook
    return reader(shortened(name, 100), data, wanted)


def _python(name: str, data: bytes, wanted: Wanted | None) -> _Code:
    source = decode(name, data)
    tree = parse(name, source.text)
    notes = (source.note,) if source.note else ()
    lines = source.text.split("\n")
    code = _Code(name, tree, lambda line: (name, line), notes, lines=tuple(lines))
    if wanted is None:
        done = any(True for _ in definitions(tree.body, None))
    else:  # no line outside functions is part of a layer: it calls one
        done = wanted.passes is not None or _has_only_functions(tree.body, wanted)
    if done:
        return code
    return _from_flat(code, notebook.cells_of_script(tree.body, lines), wanted)


def _has_only_functions(body: Iterable[ast.stmt], wanted: Wanted) -> bool:
    """Whether there are no lines outside the answers' functions that may have to be turned into functions."""
    return not wanted.returns and all(
        isinstance(node, (ast.Import, ast.ImportFrom))
        or (isinstance(node, ast.FunctionDef) and node.name in wanted.answers)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in body
    )


def _notebook(name: str, data: bytes, wanted: Wanted | None) -> _Code:
    book = notebook.read_notebook(name, data)
    cells = [CellBody([*notebook.opened(cell.tree.body)], cell.part) for cell in book.cells]
    kept = [node for cell in cells for node in cell.body if notebook.is_definition(node)]
    code = _Code(name, ast.Module(kept, []), book.place, book.notes, assembled=True, lines=book.lines, lost=book.lost)
    return _from_flat(code, cells, wanted)


def _from_flat(code: _Code, cells: Sequence[CellBody], wanted: Wanted | None) -> _Code:
    """Turn lines such as `dprobs = ...` outside any function into functions, unless the gradient has a function."""
    body = [node for cell in cells for node in cell.body]
    if base(code.file) not in NOT_ANSWERS:
        values = (node for node in body if isinstance(node, (ast.Assign, ast.AnnAssign)))
        code = replace(code, computed=frozenset(name for node in values for name in _may_bind(node)))
    again = flat_lines.assigned_again(body)
    kept = [node for node in body if notebook.is_definition(node) and again.isdisjoint(assigned(node))]
    written = {name: node for name, node in definitions(kept, wanted) if wanted is None or name in wanted.answers}
    answered = set(sorted_answers(written.items())[0])
    used = {name for node in body if not isinstance(node, ast.FunctionDef) for name in called(node)}
    known = (_known(kept, wanted) | _LECTURES) - (written.keys() - used)
    around = Around(frozenset(answered), known, frozenset(written.keys() - answered))
    with _deeper():  # lines that call a layer are no part of it
        of_layer = wanted is not None and wanted.passes is not None
        made = Made() if of_layer else flat_lines.functions(cells, around, wanted)
    notes = (*code.notes, *(f"{_at(code, line) if line else code.file}: {note}" for line, note in made.notes))
    if not made.functions and not code.assembled:
        return replace(code, notes=notes)
    kept = _supported(kept, cells, around, wanted) if answered else kept
    if not made.functions:
        return replace(code, tree=ast.Module(kept, []), notes=notes)
    names = {function.name for function in made.functions}
    kept = [*_imports(kept), *kept]
    kept = [node for node in kept if getattr(node, "name", "") not in names]  # stubs
    gradients = "1 gradient was" if len(names) == 1 else f"{len(names)} gradients were"
    count = f"{code.file}: {gradients} taken from lines outside functions"
    tree = ast.Module([*kept, *made.functions], [])
    return replace(code, tree=tree, notes=notes, asides=(count,), assembled=True)


def _imports(kept: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The lecture's two imports, where lines were taken from a notebook without them."""
    bound = {name for statement in _look(ast.Module(list(kept), [])).statements for name in statement.binds}
    needed = {"torch": "import torch", "F": "import torch.nn.functional as F"}
    return [node for name, text in needed.items() if name not in bound for node in ast.parse(text).body]


def _supported(
    kept: list[ast.stmt], cells: Sequence[CellBody], around: Around, wanted: Wanted | None
) -> list[ast.stmt]:
    """A notebook's definitions, and the lines that its functions need besides."""
    bound = {name for statement in _look(ast.Module(kept, [])).statements for name in statement.binds}
    needed = {name for node in kept if isinstance(node, ast.FunctionDef) for name in free_names(node)} - bound
    lines = flat_lines.supporting(cells, sorted(needed), around, wanted) if needed else []
    return sorted([*kept, *(node for node in lines if node not in kept)], key=lambda node: node.lineno)


def _known(kept: Iterable[ast.stmt], wanted: Wanted | None) -> frozenset[str]:
    """Names that a notebook's lines can use as they are: imports, classes, and functions that read no flat names."""
    constants = {name for node in kept if _is_constant(node) for name in assigned(node)}
    constants -= set(wanted.sizes) | set(wanted.synonyms) if wanted else set()
    statements = [s for s in _look(ast.Module(list(kept), [])).statements if not _is_constant(s.node)]
    known = {name for statement in statements for name in statement.binds}
    users: dict[str, set[str]] = {}
    """Name -> what is defined with it."""
    for statement in statements:
        if isinstance(statement.node, (ast.FunctionDef, ast.Assign)):
            for used in free_names(statement.node):
                users.setdefault(used, set()).update(statement.binds)
    waiting = [used for used in users if used not in known | constants]
    while waiting:
        lacking = users.get(waiting.pop(), set()) & known
        known -= lacking
        waiting += lacking - constants
    return frozenset(known)


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and not isinstance(node.value, ast.Lambda)


def _judged(code: _Code, rules: RulesConfig, wanted: Wanted | None) -> Submitted:
    tree = code.tree
    notes, asides = list(code.notes), list(code.asides)
    judgment = Tainted((), tuple(tree.body), {}, ())
    if rules.enabled:
        tree = ast.Module(list(_without_main(tree.body)), [])
        facts = _look(tree)
        judgment = judge(facts, rules, code.file)
        asides += [f"{_at(code, line)}: {note}" for line, note in suspicion.notes(facts)]
        notes += [f"{_at(code, line)}: skipped: {why}" for line, why in judgment.left_out]
    functions, repeated = _functions(code, tree.body, judgment, wanted)
    asides += [f"{_at(code, line)}: {name} is defined more than once; the last one counts" for name, line in repeated]
    with _deeper():
        source = rewrite(code.tree, code.lines) if code.assembled else ""
    reading = Reading(
        file=code.file,
        functions=functions,
        findings=_placed(code, judgment.findings)[:MOST_FINDINGS],
        notes=tuple(shortened(note, 300) for note in notes[:MOST_NOTES]),
        asides=tuple(shortened(note, 300) for note in asides[:MOST_NOTES]),
        source=source,
        lost=_lost(code, functions, wanted),
    )
    return Submitted(reading, code.place, tuple(_pieces(code, judgment.kept)))


def _pieces(code: _Code, kept: Sequence[ast.stmt]) -> Iterator[Piece]:
    """The statements in pieces, so that one that fails takes nothing else with it. `from __future__` holds for all."""
    future = {ast.dump(node): node for node in kept if _is_future(node)}
    if future:  # Python refuses one that it does not know, or that comes too late
        _compiled(code, ast.Module([*kept], []))
    groups = [list(group) for _, group in groupby((node for node in kept if not _is_future(node)), key=_fails_alone)]
    rest = [node for group in groups[MOST_PIECES:] for node in group]
    for nodes in (*groups[:MOST_PIECES], *([rest] if rest else ())):
        binds = frozenset(name for node in nodes for name in _may_bind(node))
        yield Piece(_compiled(code, ast.Module([*future.values(), *nodes], [])), _at(code, nodes[0].lineno), binds)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _fails_alone(node: ast.stmt) -> int:
    """A key for `groupby`: 0 for a function whose definition cannot fail, otherwise one of the statement's own."""
    if isinstance(node, ast.FunctionDef) and not node.decorator_list and not node.args.kw_defaults:
        evaluated = [
            *node.args.defaults,
            node.returns,
            *(each.annotation for each in all_arguments(node.args)),
        ]
        if all(each is None or isinstance(each, ast.Constant) for each in evaluated):
            return 0
    return id(node)


def _may_bind(node: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement may define."""
    inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))  # its names are not the module's
    for part in (node,) if inside else walk(node):
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield part.name
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]


def _lost(code: _Code, functions: Mapping[str, Function], wanted: Wanted | None) -> dict[str, str]:
    """Answers that a cell which cannot be read may have held -> the first line in it that cannot be read."""
    lost = dict(code.lost)
    loop = lost.get(notebook.LOOP)
    if wanted and wanted.returns and loop:
        together = {name for name, why in lost.items() if why == loop}
        values = {name for text in wanted.lines for name in assigned(ast.parse(text).body[0])}
        if together & values and not together.isdisjoint(wanted.returns):  # a forward pass and gradients: it trains
            lost[wanted.answers[0]] = loop
    names = [name for name in lost if ANSWER.fullmatch(name) and name not in functions]
    return {name: shortened(lost[name]) for name in names[:MOST_FUNCTIONS]}


def _look(tree: ast.Module) -> FileFacts:
    with _deeper():
        return look(tree)


@contextmanager
def _deeper() -> Iterator[None]:
    """Raise the recursion limit: a formula of a few hundred terms nests as deep as it is long, and so does the walk."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 8000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _without_main(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """`if __name__ == "__main__":` never runs here, so the rules do not apply to it."""
    for node in body:
        if isinstance(node, ast.If) and _is_main_guard(node.test):
            yield from node.orelse
        else:
            yield node


def _is_main_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq)
        and {getattr(side, "id", getattr(side, "value", None)) for side in (test.left, test.comparators[0])}
        == {"__name__", "__main__"}
    )


def _functions(
    code: _Code, body: list[ast.stmt], judgment: Tainted, wanted: Wanted | None
) -> tuple[dict[str, Function], list[tuple[str, int]]]:
    functions: dict[str, Function] = {}
    repeated: list[tuple[str, int]] = []
    for name, node in definitions(body, wanted):
        if name in functions and functions[name].begun:
            repeated.append((name, node.lineno))
        if len(functions) < MOST_FUNCTIONS and len(name) <= LONGEST_NAME:
            found = judgment.names.get(name.partition(".")[0], ())
            is_answer = wanted is not None and name in _asked_for(wanted)
            functions[name] = _function(name, node, code, _placed(code, found), is_answer=is_answer)
    return functions, repeated


def _asked_for(wanted: Wanted) -> tuple[str, ...]:
    """The functions whose statements are reported: those that return what is graded."""
    return wanted.answers if wanted.passes is None else tuple(call.name for call in wanted.passes.calls)


def _at(code: _Code, line: int) -> str:
    file, line = code.place(line)
    return f"{file}:{line}"


def _placed(code: _Code, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    placed = []
    for finding in findings:
        file, line = code.place(finding.line)
        placed.append(Finding(file, line, finding.rule, shortened(finding.message)))
    return tuple(placed)


def _compiled(code: _Code, tree: ast.Module) -> CodeType:
    """Compile the tree itself, so that what was judged is what runs."""
    if code.assembled:  # functions made of flat lines have no locations yet
        ast.fix_missing_locations(tree)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(tree, code.file, "exec", dont_inherit=True)
    except SyntaxError as error:  # `return` outside a function, `nonlocal` at top level, ...
        line = error.lineno or 1
        raise NotPythonError(
            f"{_at(code, line)}: invalid syntax: {shortened(error.msg)}{quoted(code.lines, line)}", code.place(line)[1]
        ) from None


# The answers: functions `d<variable>` at top level


def definitions(body: Iterable[ast.stmt], wanted: Wanted | None) -> Iterator[tuple[str, ast.stmt]]:
    """Every function with an answer's name."""
    answers = wanted.answers if wanted else ()
    return (found for found in _defined(body) if ANSWER.fullmatch(found[0]) or found[0] in answers)


def _others(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Every other function that may be a layer's: none that Python itself calls."""
    return (found for found in _defined(body) if not (ANSWER.fullmatch(found[0]) or found[0].endswith("__")))


def _arrays(body: Iterable[ast.stmt]) -> list[str]:
    """Of numpy and torch those that top-level lines import."""
    names = [alias.name for node in body if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in body if isinstance(node, ast.ImportFrom)]
    return sorted({name.partition(".")[0] for name in names} & {"numpy", "torch"})


def _defined(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Every top-level function or lambda, and the methods of classes, including those inside `if` and `try`.

    A class has the methods of the classes above it that it is made of, and another name of it has its methods.
    """
    known: dict[str, dict[str, ast.FunctionDef]] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from ((name, node) for name in assigned(node))
        elif isinstance(node, ast.ClassDef):
            bases = [known.get(base.id, {}) for base in node.bases if isinstance(base, ast.Name)]
            own = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
            known[node.name] = {name: method for each in (*bases[::-1], own) for name, method in each.items()}
            yield from ((f"{node.name}.{name}", method) for name, method in known[node.name].items())
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in known:
            methods = known[node.value.id].items()
            yield from ((f"{other}.{name}", method) for other in assigned(node) for name, method in methods)
        else:
            for inner in blocks(node):
                yield from _defined(inner)


def _function(name: str, node: ast.stmt, code: _Code, findings: tuple[Finding, ...], *, is_answer: bool) -> Function:
    """One function with the name of an answer."""
    inner = node.value if isinstance(node, ast.Assign) else node
    assert isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    file, line = code.place(node.lineno)
    end = line + max(0, (node.end_lineno or node.lineno) - node.lineno)
    begins = line - node.lineno + min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    asked = tuple(_parameters(inner.args))[:MOST_PARAMETERS]
    begun = unreturned(name, inner)
    own: tuple[OwnLine, ...] = ()
    with suppress(RecursionError), _deeper():  # this only says more; the function can be called without it
        own = own_lines(inner, code.lines, code.place) if is_answer and begun else ()
    return Function(name, file, line, end, asked, findings, begins, begun, borrowed(inner), own)


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        kind = "positional_only" if index < len(arguments.posonlyargs) else "positional"
        yield _parameter(argument, kind, has_default=index >= without)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, "var_positional")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, "keyword_only", has_default=default is not None)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, "var_keyword")


def _parameter(argument: ast.arg, kind: str, *, has_default: bool = False) -> Parameter:
    return Parameter(argument.arg[:LONGEST_NAME], kind, has_default)
