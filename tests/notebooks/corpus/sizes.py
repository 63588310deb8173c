"""Sizes by the lecture's names, by own names, from shapes, and as numbers."""

from __future__ import annotations

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import COMPLETE, FIRST, LINES, cells, first, lines

FULL = {"mlp": Want(never=("hard-coded", "written as a number"))}


def with_cell(text: str, book: Book, before: str = "exercise 1") -> Book:
    """With a cell before exercise 1."""
    tags = list(book.cells)
    return book.put(tags[tags.index(before) - 1], ("sizes", Cell(text)))


def by(v: str, n: str = "n", e: str = "C.shape[1]", h: str = "h.shape[1]", t: str = "Xb.shape[1]") -> dict[str, str]:
    """The lines that can say sizes, saying them with these names."""
    return {
        "logprobs": f"dlogprobs = torch.zeros(({n}, {v}))\ndlogprobs[range({n}), Yb] = -1.0/{n}",
        "logits": f"dlogits = dnorm_logits + F.one_hot(logits.max(1).indices, num_classes={v}) * dlogit_maxes",
        "bndiff2": f"dbndiff2 = torch.ones(({n}, {h})) / ({n} - 1) * dbnvar",
        "hprebn": f"dhprebn = dbndiff + dbnmeani / {n}",
        "emb": f"demb = dembcat.view({n}, {t}, {e})",
        "C": f"dC = torch.zeros(({v}, {e}))\ndC.index_add_(0, Xb.view(-1), demb.view(-1, {e}))",
    }


LECTURES = by("vocab_size", "batch_size", "n_embd", "n_hidden", "block_size")
TYPED_27 = {"logits": LINES["logits"].replace("logits.shape[1]", "27")}
CASES = [
    Case("sizes by the lecture's names", first(**LECTURES), FULL),
    Case("vocab_size as num_classes", first(logits=by("vocab_size")["logits"]), FULL),
    Case("n_embd in the view", first(emb="demb = dembcat.view(n, block_size, n_embd)"), FULL),
    Case("n_embd and minus one", first(emb="demb = dembcat.view(-1, block_size, n_embd)"), FULL),
    Case(
        "batch_size for n",
        first(logprobs=LINES["logprobs"].replace("n)", "batch_size)").replace("/n", "/batch_size")),
        FULL,
    ),
    Case("n_hidden in ones", first(bndiff2="dbndiff2 = torch.ones((n, n_hidden)) * dbnvar / (n - 1)"), FULL),
    Case(
        "n is 32",
        first(**LECTURES).set("batch", FIRST.cells["batch"].text.replace("n = batch_size", "n = 32")),
        FULL,
        resized=(("n = 32", "n = 20"),),
    ),
    Case(
        "n and batch_size in one line",
        first(**LECTURES).swap("batch", ("batch_size = 32\nn = batch_size #", "n = batch_size = 32 #")),
        FULL,
    ),
    Case(
        "a tuple of sizes",
        first(**LECTURES).swap("batch", ("batch_size = 32\nn = batch_size #", "batch_size, n = 32, 32 #")),
        FULL,
        resized=(("= 32, 32", "= 20, 20"),),
    ),
    Case(
        "batch_size twice",
        first(**LECTURES).put("exercise 1", ("later", Cell("batch_size = 32\nmax_steps = 10"))),
        FULL,
    ),
    Case(
        "only batch_size",
        first(**LECTURES)
        .swap("batch", ("n = batch_size # shorter in formulas\n", ""))
        .swap("forward", ("1/n", "1/batch_size"), ("(n-1)", "(batch_size-1)"), ("range(n)", "range(batch_size)")),
        FULL,
    ),
    Case(
        "vocab_size is 27",
        first(**LECTURES).swap("vocabulary", ("len(itos)", "27")),
        FULL,
        resized=(("vocab_size = 27", "vocab_size = len(itos)"),),
    ),
    Case(
        "vocab_size from the set of letters",
        first(**LECTURES).swap("vocabulary", ("len(itos)", "len(set(''.join(words))) + 1")),
        FULL,
    ),
    Case(
        "V is 27",
        with_cell("V = 27\nE = 10", first(**by("V", e="E"))),
        FULL,
        resized=(("V = 27\nE = 10", "V = len(itos)\nE = 7"),),
    ),
    Case("V is vocab_size", with_cell("V, E, H = vocab_size, n_embd, n_hidden", first(**by("V", e="E", h="H"))), FULL),
    Case("N is 32", with_cell("N = 32", first(**by("logits.shape[1]", "N"))), FULL, resized=(("N = 32", "N = 20"),)),
    Case("B, T, E from emb", with_cell("B, T, E = emb.shape", first(**by("vocab_size", "B", "E", t="T"))), FULL),
    Case("B and T from Xb", with_cell("B, T = Xb.shape", first(**by("vocab_size", "B", t="T"))), FULL),
    Case("sizes from C", with_cell("V, E = C.shape", first(**by("V", e="E"))), FULL),
    Case("vocab_size and n_embd from C", with_cell("vocab_size, n_embd = C.shape", first(**LECTURES)), FULL),
    Case("batch_size and n_hidden from h", with_cell("batch_size, n_hidden = h.shape", first(**LECTURES)), FULL),
    Case("N from logits", with_cell("N = logits.shape[0]", first(**by("vocab_size", "N"))), FULL),
    Case("N by len", with_cell("N = len(Xb)\nV = C.size(0)", first(**by("V", "N"))), FULL),
    Case("n by numel", with_cell("m = Yb.numel()", first(**by("vocab_size", "m"))), FULL),
    Case(
        "sizes in the gradient's own lines",
        first(
            **by("V", "B", "E", "H", "T")
            | {
                "logprobs": "B, V = logprobs.shape\n" + by("V", "B")["logprobs"],
                "bndiff2": "H = bndiff2.shape[1]\n" + by("V", "B", h="H")["bndiff2"],
                "emb": "_, T, E = emb.shape\n" + by("V", "B", "E", t="T")["emb"],
            }
        ),
        FULL,
    ),
    Case(
        "n once more in the gradient's own cell",
        FIRST.instead(
            "exercise 1",
            *cells(
                {
                    "one": "n = 32\n" + LINES["logprobs"],
                    "two": lines(*tuple(LINES)[1:]),
                }
            ),
        ),
        FULL,
        resized=(("n = 32\nd", "n = 20\nd"),),
    ),
    Case(
        "n from a shape in each cell",
        FIRST.instead(
            "exercise 1",
            *cells(
                {
                    "one": "n = logprobs.shape[0]\n" + LINES["logprobs"],
                    "two": "n = Xb.shape[0]\n" + lines(*tuple(LINES)[1:]),
                }
            ),
        ),
        FULL,
    ),
    Case(
        "sizes in the cell of the forward pass",
        first(**by("V", "B")).swap("forward", ("emb = C[Xb] # look up", "B, V = Xb.shape[0], C.shape[0]\nemb = C[Xb]")),
        FULL,
    ),
    Case(
        "sizes as capitals at the top",
        first(**by("VOCAB", "BATCH", "EMBD", "HIDDEN", "BLOCK"))
        .put("imports", ("config", Cell("# settings\nBATCH = 32\nEMBD = 10\nHIDDEN = 64\nBLOCK = 3")))
        .swap("vocabulary", ("print(vocab_size)", "VOCAB = vocab_size")),
        FULL,
        resized=(("BATCH = 32\nEMBD = 10\nHIDDEN = 64", "BATCH = 20\nEMBD = 7\nHIDDEN = 48"),),
    ),
    Case("27 typed in a gradient", first(**TYPED_27), {"mlp": Want({"dlogits": "hard_coded"})}),
    Case(
        "32 typed in a gradient",
        first(logprobs=LINES["logprobs"].replace("-1.0/n", "-1.0/32")),
        {"mlp": Want({"dlogprobs": "hard_coded"})},
    ),
    Case(
        "32 and 10 typed in a view", first(emb="demb = dembcat.view(32, 3, 10)"), {"mlp": Want({"demb": "hard_coded"})}
    ),
    Case(
        "31 typed for n-1",
        first(bndiff2="dbndiff2 = torch.ones_like(bndiff2) / 31 * dbnvar"),
        {"mlp": Want({"dbndiff2": "hard_coded"})},
    ),
    Case(
        "by the lecture's names, in cross entropy",
        COMPLETE.set(
            "exercise 2",
            ("dlogits = F.softmax(logits, 1)\ndlogits -= F.one_hot(Yb, num_classes=vocab_size)\ndlogits /= batch_size"),
        ),
        {"cross_entropy": Want()},
    ),
    Case(
        "V is 27, in cross entropy",
        COMPLETE.set(
            "exercise 2", ("V = 27\nN = logits.shape[0]\ndlogits = (F.softmax(logits, 1) - F.one_hot(Yb, V)) / N")
        )
        .swap("exercise 2 forward", ("# Exercise 2", "V = 27\n# Exercise 2"))
        .swap("exercise 2", ("V = 27\n", "")),
        {"cross_entropy": Want()},
        resized=(("V = 27", "V = len(itos)"),),
    ),
    Case(
        "27 typed, in cross entropy",
        COMPLETE.set("exercise 2", ("dlogits = (F.softmax(logits, 1) - F.one_hot(Yb, 27)) / n")),
        {"cross_entropy": Want(rest="hard_coded")},
    ),
    Case(
        "N from hprebn, in batch norm",
        COMPLETE.set(
            "exercise 3",
            (
                "N, H = hprebn.shape\n"
                "dhprebn = bngain*bnvar_inv/N * (N*dhpreact - dhpreact.sum(0) - N/(N-1)*bnraw*(dhpreact*bnraw).sum(0))"
            ),
        ),
        {"batchnorm": Want()},
    ),
    Case(
        "batch_size in batch norm", COMPLETE.rename(("n", "batch_size"), among=("exercise 3",)), {"batchnorm": Want()}
    ),
    Case(
        "sizes by name in the loop",
        COMPLETE.swap(
            "exercise 4",
            ("range(n)", "range(batch_size)"),
            ("dlogits /= n", "dlogits /= batch_size"),
            ("dembcat.view(emb.shape)", "dembcat.view(batch_size, block_size, n_embd)"),
            ("torch.zeros_like(C)", "torch.zeros((vocab_size, n_embd))"),
        ),
        {"training": Want(), "mlp": Want()},
    ),
    Case(
        "N inside the loop",
        COMPLETE.swap(
            "exercise 4", ("    # by hand!", "    N = Xb.shape[0]"), ("range(n)", "range(N)"), ("/= n", "/= N")
        ),
        {"training": Want()},
    ),
]
