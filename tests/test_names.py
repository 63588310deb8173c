"""The list of names, and the training examples built from it."""

from __future__ import annotations

import os
import random
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from grader import names
from grader.exercise.shelf import load_exercise
from grader.names import NamesError, training_examples

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent

LECTURE_NAMES = 32_033
LECTURE_EXAMPLES = 182_625
LECTURE_IX = [
    120000, 157809, 82137, 69514, 73004, 68734, 286, 123947, 13538, 42674, 165010, 81021, 59151, 46471, 62456, 64636,
    24418, 108817, 169833, 145683, 168275, 157689, 36258, 142280, 32537, 149713, 149734, 149517, 165139, 153533, 89661,
    20039,
]  # fmt: skip
"""The lecture's minibatch: what its generator draws from 182,625 examples after C, W1, b1, W2 and b2."""
LECTURE_XB = [[1, 1, 4], [18, 14, 1], [11, 5, 9], [0, 0, 1], [12, 15, 14]]
LECTURE_YB = [8, 14, 15, 22, 0]


def lecture_dataset(words: list[str], block_size: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """The lecture's `build_dataset`, letter by letter."""
    stoi = {letter: i for i, letter in enumerate("." + string.ascii_lowercase)}
    contexts, targets = [], []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            contexts.append(context)
            targets.append(stoi[letter])
            context = [*context[1:], stoi[letter]]
    return torch.tensor(contexts), torch.tensor(targets)


def lecture_list() -> Path:
    """The lecture's own list, which we may not distribute: from the environment, or a folder next to the checkout."""
    named = os.environ.get("GRADE_LECTURE_NAMES")
    beside: Iterable[Path] = [Path(named)] if named else sorted(ROOT.parent.glob("*/data/names.txt"))
    for path in beside:
        if len(path.read_text(encoding="ascii").splitlines()) == LECTURE_NAMES:
            return path
    pytest.skip("the lecture's list of 32,033 names was not found; set GRADE_LECTURE_NAMES to its path")


def write(path: Path, words: Iterable[str]) -> Path:
    """A list of names as a file."""
    path.write_text("\n".join(words) + "\n", encoding="utf-8")
    return path


def test_the_packaged_list_has_girls_by_count_and_then_boys_by_count() -> None:
    """One year of the public-domain list, nothing dropped, lower case."""
    words = names.read_names(names.PACKAGED_NAMES)
    assert len(words) == 32_469
    assert words[:3] == ["emma", "olivia", "ava"]
    assert words[18_309:18_312] == ["liam", "noah", "william"]
    assert set("".join(words)) == set(string.ascii_lowercase)


def test_training_examples_are_the_first_80_percent_of_the_shuffled_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as with the lecture's seed, shuffle and split."""
    monkeypatch.delenv(names.NAMES_VARIABLE, raising=False)
    words = names.read_names(names.PACKAGED_NAMES)
    random.seed(42)
    random.shuffle(words)
    contexts, targets = lecture_dataset(words[: int(0.8 * len(words))])
    ours = training_examples()
    assert torch.equal(ours[0], contexts)
    assert torch.equal(ours[1], targets)
    assert ours[0].shape == (185_346, 3)


@pytest.mark.parametrize("block_size", [1, 2, 3, 5, 8])
def test_a_context_never_reaches_into_the_previous_word(block_size: int) -> None:
    """Every block size gives what the lecture's loop gives."""
    words = ["a", "zed", "o", "alexandria", "bo", "x"]
    ours, theirs = names.build_dataset(words, block_size), lecture_dataset(words, block_size)
    assert torch.equal(ours[0], theirs[0])
    assert torch.equal(ours[1], theirs[1])
    assert ours[0].dtype == ours[1].dtype == torch.int64


def test_shuffling_leaves_the_global_generator_and_the_list_alone() -> None:
    """Reading names does not change the random numbers of a learner or a plugin."""
    random.seed(7)
    expected = random.random()
    random.seed(7)
    words = list("abcdefgh")
    names.shuffled(words)
    assert random.random() == expected
    assert words == list("abcdefgh")


def test_a_list_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second exercise reuses the tensors of the first."""
    monkeypatch.setenv(names.NAMES_VARIABLE, str(write(tmp_path / "list.txt", ["emma"] * 200)))
    assert training_examples()[0] is training_examples()[0]


def test_the_environment_variable_selects_a_different_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --names, the exercises learn from that list."""
    monkeypatch.setenv(names.NAMES_VARIABLE, str(write(tmp_path / "list.txt", ["emma"] * 200)))
    contexts, targets = training_examples()
    assert len(targets) == 160 * 5
    assert contexts[:5].tolist() == [[0, 0, 0], [0, 0, 5], [0, 5, 13], [5, 13, 13], [13, 13, 1]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"emma\nOlivia\n" + b"ava\n" * 200, r"line 2 of the list of names is 'Olivia'; expected one name per line"),
        (b"emma\n\n" + b"ava\n" * 200, r"line 2 of the list of names is empty; expected one name"),
        (b"emma 20\n" * 200, r"line 1 of the list of names is 'emma 20'; expected one name"),
        (b"a" * 90 + b"!\n", r"line 1 of the list of names is 'a{40}\.\.\.'; expected one name"),
        ("zoë\n".encode() * 200, r"contains the byte 0xc3; expected one name per line, letters a to z only"),
        (b"emma\n" * 99, r"has 99 names; a minibatch needs at least 100"),
        (b"", r"line 1 of the list of names is empty"),
        (b"emma\n" * (4 << 20), r"is larger than 16 MiB"),
    ],
)
def test_a_bad_list_gives_one_sentence_with_file_and_line(
    content: bytes, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found, what was expected, what to do next."""
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    monkeypatch.setenv(names.NAMES_VARIABLE, str(path))
    with pytest.raises(NamesError, match=sentence) as raised:
        training_examples()
    assert str(path) in str(raised.value)


def test_a_missing_list_gives_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path says so, and where it came from."""
    monkeypatch.setenv(names.NAMES_VARIABLE, str(tmp_path / "nothing.txt"))
    with pytest.raises(NamesError, match=r"the list of names was not found; .*Check --names and GRADE_NAMES"):
        training_examples()


def test_an_unreadable_list_gives_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's reason is passed on."""
    path = write(tmp_path / "list.txt", ["emma"] * 200)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(NamesError, match=r"cannot be read \(Permission denied\); expected a text file"):
        names.read_names(path)


def test_the_generator_draws_the_lecture_minibatch_from_as_many_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of draws is the lecture's: C, W1, b1, W2, b2, then the indices."""
    module = load_exercise("mlp").module
    numbers = torch.arange(LECTURE_EXAMPLES)
    monkeypatch.setattr(module, "training_examples", lambda _: (numbers[:, None].expand(-1, 3), numbers))
    drawn = module.inputs(2147483647)
    assert drawn["Yb"].tolist() == [ix % 27 for ix in LECTURE_IX]


def test_the_lecture_list_gives_the_lecture_minibatch(monkeypatch: pytest.MonkeyPatch) -> None:
    """182,625 training examples, and the characters that the lecture's minibatch holds."""
    monkeypatch.setenv(names.NAMES_VARIABLE, str(lecture_list()))
    contexts, targets = training_examples()
    assert contexts.shape == (LECTURE_EXAMPLES, 3)
    inputs = load_exercise("mlp").inputs(2147483647, {})
    assert torch.equal(inputs["Xb"], contexts[LECTURE_IX])
    assert torch.equal(inputs["Yb"], targets[LECTURE_IX])
    assert inputs["Xb"][:5].tolist() == LECTURE_XB
    assert inputs["Yb"][:5].tolist() == LECTURE_YB
