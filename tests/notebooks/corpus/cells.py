"""What else is in cells and around them: magics, unfinished lines, pictures, old formats."""

from __future__ import annotations

from typing import Any

from notebooks.corpus.book import Book, Case, Cell, Want, as_bytes, cell_of, notebook, plain
from notebooks.corpus.lecture import COMPLETE, FIRST, LINES, after, cells, compared, exercise_1, first, lines, up_to

FULL = {"mlp": Want()}
ALL = {"mlp": Want(), "cross_entropy": Want(), "batchnorm": Want(), "training": Want()}


def extra(text: str, after_: str = "exercise 1", kind: str = "code", **other: str | None) -> Book:
    """With one more cell."""
    return first(**other).put(after_, ("extra", Cell(text, kind=kind)))


def place(book: Book, tag: str, line: str) -> str:
    """A pattern for a cell's number and the line in it."""
    number = book.cells[tag].text.split("\n").index(line) + 1
    return rf"cell {book.number(tag)}\b.*\b{number}\b"


def unfinished(name: str, book: Book, tag: str, line: str, lost: tuple[str, ...], same: tuple[str, ...]) -> Case:
    """The gradients lost to an unfinished line, and those in its cell that a good reader may save."""
    but = dict.fromkeys((f"d{each}" for each in same), "right|raised")
    but |= {f"d{each}": "raised" for each in lost}
    return Case(name, book, {"mlp": Want(but, notes=(place(book, tag, line),))})


HEAD = lines(*up_to("b2"))
TAIL = lines(*after("b2"))
UNFINISHED_C = FIRST.instead(
    "exercise 1",
    *cells(
        {
            "one": lines(*up_to("hprebn")),
            "two": lines("embcat", "W1", "b1", "emb"),
            "three": "dC =",
        }
    ),
)
UNFINISHED_MIDDLE = FIRST.instead(
    "exercise 1",
    *cells(
        {
            "one": HEAD,
            "two": (
                "dhpreact = (1.0 - h**2) * dh\ndbngain = (bnraw * dhpreact.sum(0, keepdim=True)\n"
                "dbnbias = dhpreact.sum(0, keepdim=True)"
            ),
            "three": lines(*after("bnbias")),
        }
    ),
)
UNFINISHED_IN_ONE = first(C="dC =")
UNFINISHED_LOOP = FIRST.instead(
    "exercise 1",
    *cells(
        {
            "one": lines(*up_to("emb")),
            "two": "dC = torch.zeros_like(C)\nfor k in range(n):",
        }
    ),
)


# Forms of the file


def with_outputs(*outputs: dict[str, Any], last: str = "exercise 1") -> Any:
    """The notebook with outputs in one cell."""

    def made(book: Book) -> bytes:
        document = notebook(book)
        document["cells"][list(book.cells).index(last)]["outputs"] = list(outputs)
        return as_bytes(document)

    return made


def picture(size: int) -> dict[str, Any]:
    """A plot."""
    return {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" + "A" * size}}


def twelve_megabytes(book: Book) -> bytes:
    """A dozen plots of a megabyte each, among them one in the first cell and one in the last."""
    document = notebook(book)
    places = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    for number in range(12):
        places[-number]["outputs"] = [picture(1 << 20)]
    return as_bytes(document)


def one_line(book: Book) -> bytes:
    """The same in one line, without spaces."""
    import json

    return json.dumps(json.loads(twelve_megabytes(book)), separators=(",", ":")).encode()


def attachment(book: Book) -> bytes:
    """Pictures pasted into the text."""
    document = notebook(book)
    document["cells"][0]["attachments"] = {"image.png": {"image/png": "A" * (3 << 20)}}
    return as_bytes(document)


def format_3(book: Book) -> bytes:
    """The old format."""
    sheet = [
        {
            "cell_type": "code",
            "input": cell.text.splitlines(keepends=True),
            "language": "python",
            "outputs": [],
            "collapsed": False,
        }
        if cell.kind == "code"
        else {"cell_type": cell.kind, "source": cell.text}
        for cell in book.cells.values()
    ]
    return as_bytes({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": sheet}]})


def each_cell(**change: Any) -> Any:
    """With something else in each cell."""

    def made(book: Book) -> bytes:
        document = notebook(book)
        for cell in document["cells"]:
            cell.update({key: value(cell) for key, value in change.items()})
        return as_bytes(document)

    return made


def source_as_text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def source_with_crlf(cell: dict[str, Any]) -> list[str]:
    return [line.replace("\n", "\r\n") for line in cell["source"]]


def jupytext_cells(cell: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "abc",
        "collapsed": True,
        "tags": ["x"],
        "jupyter": {"source_hidden": True},
        "colab": {"base_uri": "x"},
    }


def colab(book: Book) -> bytes:
    """As Colab saves it."""
    return as_bytes(
        notebook(book, metadata={"colab": {"provenance": []}, "accelerator": "GPU", "widgets": {"x": {"state": {}}}})
    )


def with_raw(book: Book) -> bytes:
    """With raw cells, empty ones, and ones of no kind."""
    document = notebook(book)
    document["cells"][3:3] = [
        cell_of(Cell("dh = 0\nnot python", kind="raw")),
        cell_of(Cell("")),
        {"cell_type": "heading", "level": 1, "source": "x", "metadata": {}},
        {"cell_type": "code"},
    ]
    return as_bytes(document)


NAN = {
    "output_type": "execute_result",
    "execution_count": 1,
    "metadata": {},
    "data": {"application/json": {"loss": float("nan"), "max": float("inf")}},
}
STREAM = {"output_type": "stream", "name": "stdout", "text": [f"{name:15s} | exact: True\n" for name in LINES]}
ERROR = {
    "output_type": "error",
    "ename": "NameError",
    "evalue": "name 'dh' is not defined",
    "traceback": ["\x1b[31mNameError\x1b[0m"],
}
CASES = [
    unfinished("unfinished: the last line, in a cell of its own", UNFINISHED_C, "three (new)", "dC =", ("C",), ()),
    unfinished(
        "unfinished: a parenthesis in the middle",
        UNFINISHED_MIDDLE,
        "two (new)",
        "dbngain = (bnraw * dhpreact.sum(0, keepdim=True)",
        ("bngain",),
        ("hpreact", "bnbias"),
    ),
    unfinished(
        "unfinished: the last line of the only cell", UNFINISHED_IN_ONE, "exercise 1", "dC =", ("C",), up_to("emb")
    ),
    Case(
        "unfinished: a loop without a body",
        UNFINISHED_LOOP,
        {
            "mlp": Want(
                {"dC": "raised|wrong_values"}, notes=(place(UNFINISHED_LOOP, "two (new)", "for k in range(n):"),)
            )
        },
    ),
    Case(
        "unfinished: a plot does no harm",
        extra("plt.hist(h.view(-1).tolist(), 50;"),
        {"mlp": Want(), "training": Want()},
    ),
    Case(
        "unfinished: words in a code cell",
        extra("this is what I think of it:\nd logits is softmax minus one hot"),
        {"mlp": Want(), "training": Want()},
    ),
    Case("unfinished: a later scratch cell with a gradient", extra("dprobs = (1.0 / probs *"), FULL),
    Case(
        "unfinished: the cell of the forward pass",
        FIRST.swap("forward", ("loss.backward()\n", "loss.backward(\n")),
        FULL,
        run=FIRST,
    ),
    Case(
        "%time before a line",
        first(
            h="%time dh = dlogits @ W2.T",
            C=(
                "%time dC = torch.zeros_like(C)\nfor k in range(n):\n  for j in range(Xb.shape[1]):\n"
                "    dC[Xb[k,j]] += demb[k,j]"
            ),
        ),
        FULL,
    ),
    Case(
        "%time in a cell of its own",
        FIRST.instead(
            "exercise 1",
            *cells({"one": HEAD, "two": "%time dhpreact = (1.0 - h**2) * dh", "three": lines(*after("hpreact"))}),
        ),
        FULL,
    ),
    Case("%%time", FIRST.set("exercise 1", "%%time\n" + exercise_1()), FULL),
    Case(
        "%%time and %%capture",
        FIRST.instead("exercise 1", *cells({"one": f"%%time\n{HEAD}", "two": f"%%capture out\n\n{TAIL}"})),
        FULL,
    ),
    Case(
        "%%capture for the loop",
        COMPLETE.set("exercise 4", "%%capture\n" + COMPLETE.cells["exercise 4"].text),
        {"training": Want(), "mlp": Want()},
    ),
    Case("%%timeit in a scratch cell", extra("%%timeit\ndh = dlogits @ W2.T"), FULL),
    Case("%timeit in a scratch line", extra("%timeit dlogits @ W2.T\n%timeit -n 10 h.T @ dlogits"), FULL),
    Case("a comment on top", FIRST.set("exercise 1", "# slow!\n" + exercise_1()), FULL),
    Case(
        "shell and help",
        extra(
            (
                "!pip install torch\n!!ls\nfiles = !ls\n?torch.sum\ntorch.max?\nF.one_hot??\n"
                "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload"
            ),
            "imports",
        ),
        FULL,
    ),
    Case(
        "shell among the gradients",
        first(h="!nvidia-smi\ndh = dlogits @ W2.T", W2="torch.matmul?\ndW2 = h.T @ dlogits"),
        FULL,
    ),
    Case(
        "display",
        first(h="dh = dlogits @ W2.T\ndisplay(dh)\ndh.shape", b2="db2 = dlogits.sum(0)\ndisplay(db2)").put(
            "exercise 1", ("extra", Cell("from IPython.display import display\ndisplay(dC.shape)"))
        ),
        FULL,
    ),
    Case(
        "cells of other languages",
        extra("%%bash\nls -l\nfor d in *; do echo $d; done").put(
            "extra",
            ("html", Cell("%%html\n<b>dh = 0</b>")),
            ("latex", Cell("%%latex\n$d_h$")),
            ("js", Cell("%%javascript\nvar dh = 1;")),
        ),
        FULL,
    ),
    Case("%%writefile", extra("%%writefile backward.py\ndh = 0\ndef dlogits():\n  return 3"), FULL),
    Case(
        "Colab's forms and drive",
        FIRST.put(
            "imports",
            (
                "drive",
                Cell(
                    '#@title Setup { display-mode: "form" }\nfrom google.colab import drive\n'
                    "drive.mount('/content/drive')\n%cd /content/drive/MyDrive\n"
                    'lr = 0.1 #@param {type:"number"}'
                ),
            ),
        ),
        FULL,
    ),
    Case(
        "a question mark in a string, a percent in a formula",
        first(h="print('dh = ?')\nprint(100 % n, '%d of it' % n)\ndh = dlogits @ W2.T"),
        FULL,
    ),
    Case("12 MB of plots", COMPLETE, ALL, form=twelve_megabytes),
    Case("12 MB of plots, in one line", FIRST, FULL, form=one_line),
    Case("pictures pasted into the text", FIRST, FULL, form=attachment),
    Case("one long text output", FIRST, FULL, form=with_outputs(*[STREAM] * 2000)),
    Case("NaN and infinity in outputs", FIRST, FULL, form=with_outputs(NAN, STREAM, ERROR)),
    Case("nbformat 3", FIRST, FULL, form=format_3),
    Case("nbformat 3, all exercises", COMPLETE, ALL, form=format_3),
    Case("source as text", FIRST, FULL, form=each_cell(source=source_as_text)),
    Case("CRLF in the source", COMPLETE, {"mlp": Want(), "training": Want()}, form=each_cell(source=source_with_crlf)),
    Case("CRLF in the file", FIRST, FULL, form=lambda book: plain(book).replace(b"\n", b"\r\n")),
    Case("BOM", FIRST, FULL, form=lambda book: b"\xef\xbb\xbf" + plain(book)),
    Case("BOM and CRLF", FIRST, FULL, form=lambda book: b"\xef\xbb\xbf" + plain(book).replace(b"\n", b"\r\n")),
    Case("raw and empty cells", FIRST, FULL, form=with_raw),
    Case("raw cell with an attempt", FIRST.put("exercise 1", ("raw", Cell("dh = 0\ndlogits =", kind="raw"))), FULL),
    Case(
        "an attempt in a text cell",
        FIRST.put("exercise 1", ("text", Cell("```python\ndh = dlogits.sum()\n```", kind="markdown"))),
        FULL,
    ),
    Case("metadata of every kind", FIRST, FULL, form=each_cell(metadata=jupytext_cells)),
    Case("Colab's metadata", FIRST, FULL, form=colab),
    Case("spaces and umlauts in the file's name", FIRST, FULL, file="Übung 4 (Kopie 1).IPYNB"),
    Case(
        "many cells of nothing",
        FIRST.put("exercise 1", *((f"empty {n}", Cell("" if n % 2 else "#")) for n in range(300))),
        FULL,
    ),
    Case(
        "comparisons while they are being written",
        FIRST.instead(
            "exercise 1",
            *cells(
                {
                    name: f"{text}\n{compared(name)}\nd{name}[0] if d{name}.dim() else d{name}"
                    for name, text in LINES.items()
                }
            ),
        ),
        FULL,
    ),
]
