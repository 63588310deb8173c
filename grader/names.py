"""The list of names, made into training examples as in the lecture."""

from __future__ import annotations

import os
import random
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

NAMES_VARIABLE = "GRADE_NAMES"
"""Environment variable with the path to another list."""

PACKAGED_NAMES = Path(__file__).parent / "data" / "names.txt"

MOST_BYTES = 16 << 20
FEWEST_NAMES = 100
LONGEST_SHOWN = 40
NAME_A_LINE = re.compile(r"[a-z]+(?:\n[a-z]+)*")


class NamesError(Exception):
    """The list of names cannot be used: an internal error or a wrong setting, never the learner's fault."""


def training_examples(block_size: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Contexts `Xtr` of `block_size` tokens and the tokens `Ytr` that follow them, from 80 % of the shuffled names."""
    return _training_examples(names_path(), block_size)


def names_path() -> Path:
    """The path of the list: from the environment variable, or the one in the package."""
    return Path(os.environ.get(NAMES_VARIABLE) or PACKAGED_NAMES).absolute()


def names_are_packaged() -> bool:
    """Whether the list is the one in the package."""
    return names_path() == PACKAGED_NAMES.absolute()


def read_names(path: Path) -> list[str]:
    """Read the names, one per line.

    Raises:
        NamesError: the file cannot be read, or is not a list of at least 100 names of the letters a to z.
    """
    words = _read_text(path).splitlines()
    if not NAME_A_LINE.fullmatch("\n".join(words)):
        raise NamesError(_first_bad_line(words, path))
    if len(words) < FEWEST_NAMES:
        raise NamesError(
            f"the list of names has {len(words)} names; a minibatch needs at least {FEWEST_NAMES}. "
            f"Set --names or {NAMES_VARIABLE} to a longer list, or neither to use the built-in one. ({path})"
        )
    return words


def shuffled(words: list[str]) -> list[str]:
    """The order after `random.seed(42); random.shuffle(words)`, without changing the global generator."""
    words = list(words)
    random.Random(42).shuffle(words)  # noqa: S311 - the lecture's split, not a secret
    return words


@cache
def _training_examples(path: Path, block_size: int) -> tuple[torch.Tensor, torch.Tensor]:
    return build_dataset(_training_names(path), block_size)


@cache
def _training_names(path: Path) -> list[str]:
    """Shuffling takes longer than making examples, and hidden sizes ask for several lengths."""
    words = shuffled(read_names(path))
    return words[: int(0.8 * len(words))]


def build_dataset(words: list[str], block_size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The lecture's function of the same name, without its loop over letters."""
    import torch

    letters = torch.frombuffer(bytearray(".".join(words) + ".", "ascii"), dtype=torch.uint8)
    tokens = (letters - (ord("a") - 1)).masked_fill_(letters == ord("."), 0)
    first = _one_later(tokens) == 0
    context = [tokens]
    for _ in range(block_size):
        # One step further back; before the first letter of a word there are only end-of-word tokens.
        context.insert(0, _one_later(context[0]).masked_fill_(first, 0))
    return torch.stack(context[:-1], dim=1).long(), tokens.long()


def _one_later(tokens: torch.Tensor) -> torch.Tensor:
    later = tokens.roll(1)
    later[0] = 0
    return later


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise NamesError(
            f"the list of names was not found; expected a text file with one name per line. "
            f"Check --names and {NAMES_VARIABLE}. ({path})"
        )
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NamesError(
                f"the list of names is larger than {MOST_BYTES >> 20} MiB; expected one name per line. "
                f"Use a shorter list. ({path})"
            )
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise NamesError(
            f"the list of names cannot be read ({error.strerror or error}); expected a text file with one name "
            f"per line. Check --names and {NAMES_VARIABLE}. ({path})"
        ) from error
    except UnicodeDecodeError as error:
        raise NamesError(
            f"the list of names contains the byte {error.object[error.start]:#04x}; expected one name per line, "
            f"letters a to z only. Edit the file, or use another list. ({path})"
        ) from error


def _first_bad_line(words: list[str], path: Path) -> str:
    number, word = next(
        ((number, word) for number, word in enumerate(words, start=1) if not re.fullmatch("[a-z]+", word)), (1, "")
    )
    shown = repr(word if len(word) <= LONGEST_SHOWN else word[:LONGEST_SHOWN] + "...") if word else "empty"
    return (
        f"line {number} of the list of names is {shown}; expected one name per line, letters a to z only. "
        f"Edit that line, or use another list. ({path}:{number})"
    )
