"""Sizes that straddle the given ones: faults of a list of them, how they are drawn, where hidden ones are."""

from __future__ import annotations

import ast
import random
from math import prod
from typing import TYPE_CHECKING

import pytest

from grader.exercise.case import build_cases
from grader.exercise.shelf import list_exercises, load_exercise
from grader.exercise.sizes import (
    at_batch_size,
    draw_near,
    draw_straddling,
    exceeding,
    given_sizes,
    obstacle,
    smaller,
    straddling_faults,
    wall,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GIVEN = {"n": 32, "n_hidden": 64, "n_embd": 10}
GOOD = [
    {"n": 65, "n_hidden": 13, "n_embd": 4},
    {"n": 7, "n_hidden": 66, "n_embd": 67},
    {"n": 20, "n_hidden": 17, "n_embd": 6},
]
EVERY = [name for name in list_exercises() if load_exercise(name).given_sizes]


def changed(name: str, *numbers: int) -> list[dict[str, int]]:
    """GOOD with other values of one size."""
    return [{**sizes, name: number} for sizes, number in zip(GOOD, numbers, strict=True)]


def test_given_sizes_are_the_integers_among_the_defaults() -> None:
    """Not a float, a flag or the seed."""
    (function,) = ast.parse("def inputs(seed, n=32, p=0.5, causal=True, C=8): pass").body
    assert isinstance(function, ast.FunctionDef)
    assert given_sizes(function) == {"n": 32, "C": 8}
    assert given_sizes(None) == {}


def test_sizes_above_and_below_the_given_ones_have_no_faults() -> None:
    """Each in a case of its own."""
    assert straddling_faults(GIVEN, GOOD) == []


def test_a_size_that_is_never_above_all_the_given_ones_is_a_fault() -> None:
    """A slice at another size's number would go unnoticed."""
    (said,) = straddling_faults(GIVEN, changed("n_embd", 4, 40, 6))
    assert said == (
        "no case has n_embd above 64, the largest given size (n_embd is 4 or 6 or 40), "
        "so a slice [:64] would go unnoticed"
    )
    (said,) = straddling_faults(GIVEN, changed("n_hidden", 13, 60, 17))
    assert said.startswith("no case has n_hidden above 64, its given size (n_hidden is 13 or 17 or 60)")


def test_a_size_that_is_never_below_its_own_is_a_fault() -> None:
    """Unless nothing smaller works, or there is nothing smaller."""
    sizes = changed("n", 65, 40, 32)
    assert straddling_faults(GIVEN, sizes) == [
        "no case has n below 32, its given size (n is 32 or 40 or 65), so code that assumes 32 would go unnoticed"
    ]
    assert straddling_faults(GIVEN, sizes, smallest=["n"]) == []
    assert straddling_faults({"n": 1}, [{"n": 2}]) == []


def test_a_size_that_is_left_out_is_as_given() -> None:
    """It is neither above nor below."""
    faults = straddling_faults({"n": 5, "m": 3}, [{"n": 7}, {"n": 2}])
    assert [fault.split(",")[0] for fault in faults] == [
        "no case has m above 5",
        "no case has m below 3",
    ]


def test_without_further_cases_every_size_is_a_fault() -> None:
    """And without sizes there is none."""
    said = straddling_faults({"n": 5}, [])
    assert said[0].startswith("no case has n above 5, its given size (there are no other cases)")
    assert len(said) == 2
    assert straddling_faults({}, [{}, {}]) == []


@pytest.mark.parametrize("name", EVERY)
def test_every_shipped_exercise_straddles(name: str) -> None:
    """No two sizes of a case are equal."""
    exercise = load_exercise(name)
    assert straddling_faults(exercise.given_sizes, exercise.sizes) == []
    assert all(len(set(sizes.values())) == len(sizes) for sizes in exercise.sizes)


@pytest.mark.parametrize("name", ["gpt2_training", "gpt2_block", "embedding", "masked_cross_entropy"])
def test_a_slice_at_the_number_of_tokens_is_detected(name: str) -> None:
    """There are `n*T` tokens, in one case more and in another fewer than given."""
    exercise = load_exercise(name)
    tokens = [sizes["n"] * sizes["T"] for sizes in exercise.sizes]
    given = exercise.given_sizes["n"] * exercise.given_sizes["T"]
    assert min(tokens) < given < max(tokens) or name == "gpt2_block"
    assert given < max(tokens)


@pytest.mark.parametrize("name", EVERY)
def test_the_last_case_has_enough_integers_to_use_each_row_of_a_table(name: str) -> None:
    """One of its integer inputs has room for every index of the table."""
    exercise = load_exercise(name)
    sizes = exercise.sizes[-1]
    if "vocab_size" in sizes:
        inputs = exercise.inputs(1, sizes)
        places = max(v.numel() for v in inputs.values() if not isinstance(v, int) and not v.is_floating_point())
        assert places >= sizes["vocab_size"]


@pytest.mark.parametrize("count", range(1, 11))
def test_sizes_are_drawn_for_any_number_of_them(count: int) -> None:
    """Three cases, whose numbers straddle and whose product stays small."""
    given = {f"size{k}": 2 + k for k in range(count)}
    drawn = draw_straddling(given, random.Random(count), lambda _: True)
    assert drawn is not None
    assert len(drawn) == 3
    assert straddling_faults(given, drawn) == []
    assert all(list(sizes) == list(given) for sizes in drawn)


def test_drawn_sizes_differ_from_one_another_and_from_the_given_ones() -> None:
    """As long as there are enough numbers."""
    for seed in range(50):
        drawn = draw_straddling(GIVEN, random.Random(seed), lambda _: True)
        assert drawn is not None
        for sizes in drawn:
            assert len({*sizes.values(), *GIVEN.values()}) == 6


def test_the_last_of_the_drawn_cases_is_small_but_has_its_rows() -> None:
    """All of a table's rows can be read there."""
    for seed in range(50):
        *_, last = draw_straddling(GIVEN, random.Random(seed), lambda _: True) or ()
        assert last["n"] >= 24
        assert last["n_hidden"] < 64
        assert last["n_embd"] < 10


def test_more_cases_are_drawn_where_large_sizes_do_not_go_together() -> None:
    """Here, no two of four can be large in one case."""
    given = {"a": 8, "b": 9, "c": 10, "d": 11}
    drawn = draw_straddling(given, random.Random(1), lambda sizes: sum(size > 11 for size in sizes.values()) <= 1)
    assert drawn is not None
    assert len(drawn) == 5
    assert straddling_faults(given, drawn) == []


def test_draws_that_do_not_work_are_skipped() -> None:
    """Here, one size must divide another, and the product is limited."""

    def works(sizes: dict[str, int]) -> bool:
        return sizes["C"] % sizes["heads"] == 0 and prod(sizes.values()) < 10_000

    given = {"n": 10, "C": 8, "heads": 2}
    drawn = draw_straddling(given, random.Random(3), works)
    assert drawn is not None
    assert straddling_faults(given, drawn) == []
    assert all(works(sizes) for sizes in drawn)


def test_a_size_that_nothing_smaller_works_for_is_drawn_at_its_own_or_above() -> None:
    """This is not a fault."""

    def works(sizes: dict[str, int]) -> bool:
        return sizes["w"] >= 3

    given = {"n": 10, "w": 3}
    assert smaller("w", given, works) is None
    drawn = draw_straddling(given, random.Random(3), works)
    assert drawn is not None
    assert straddling_faults(given, drawn, smallest=["w"]) == []


def test_where_no_sizes_can_be_drawn_the_obstacle_is_named() -> None:
    """With the first number that does not work."""

    def works(sizes: dict[str, int]) -> bool:
        return sizes["w"] <= 8

    given = {"n": 10, "w": 8}
    assert draw_straddling(given, random.Random(3), works) is None
    assert obstacle(given, works) == ("w", {"n": 10, "w": 9})
    assert obstacle(given, lambda _: True) is None


def test_a_size_that_cannot_exceed_the_others_grows_as_far_as_it_can() -> None:
    """Such as the number of times that an image can be halved."""

    def works(sizes: dict[str, int]) -> bool:
        return sizes["h"] % 2 ** sizes["depth"] == 0 and sizes["h"] < 40

    given = {"n": 3, "h": 8, "depth": 2}
    drawn = draw_straddling(given, random.Random(3), works)
    assert drawn is not None
    assert max(sizes["depth"] for sizes in drawn) > 2
    assert exceeding("depth", given, works) is None
    assert straddling_faults(given, drawn, largest=["depth"]) == []


def test_a_size_far_above_the_others_is_a_wall_for_itself_only() -> None:
    """A matrix of 2000 x 2000 is too much to ask for."""
    given = {"n": 2000, "d": 3}
    assert (wall("n", given), wall("d", given)) == (2000, 3)
    drawn = draw_straddling(given, random.Random(3), lambda sizes: sizes["d"] < 100)
    assert drawn is not None
    assert straddling_faults(given, drawn) == []


TIES: dict[str, tuple[dict[str, int], Callable[[dict[str, int]], bool]]] = {
    "heads": ({"n": 4, "T": 8, "d": 32, "heads": 4}, lambda s: s["d"] % s["heads"] == 0),
    "grouped heads": (
        {"n": 2, "T": 4, "d": 24, "heads": 4, "kv": 2},
        lambda s: s["d"] % s["heads"] == 0 and s["heads"] % s["kv"] == 0,
    ),
    "groups": (
        {"n": 2, "c": 4, "h": 6, "w": 7, "o": 6, "groups": 2},
        lambda s: s["c"] % s["groups"] == 0 and s["o"] % s["groups"] == 0,
    ),
    "patches": ({"n": 2, "h": 8, "w": 12, "p": 4}, lambda s: s["h"] % s["p"] == 0 and s["w"] % s["p"] == 0),
    "shuffle": ({"n": 2, "c": 8, "h": 3, "r": 2}, lambda s: s["c"] % s["r"] ** 2 == 0),
    "even": ({"n": 2, "T": 6, "d": 8}, lambda s: s["d"] % 2 == 0),
    "power of two": ({"n": 4, "m": 8}, lambda s: s["m"] & (s["m"] - 1) == 0),
    "equal": ({"n": 4, "into": 6, "out": 6}, lambda s: s["into"] == s["out"]),
    "window": ({"n": 3, "h": 6, "k": 4}, lambda s: s["k"] <= s["h"]),
    "square": ({"n": 9, "d": 4}, lambda s: s["n"] in {k * k for k in range(50)}),
}
"""Given sizes, and the tie between them."""


@pytest.mark.parametrize("name", TIES)
def test_sizes_that_are_tied_to_others_are_found(name: str) -> None:
    """Under any seed, they straddle, and each case keeps the tie."""
    given, works = TIES[name]
    for seed in range(5):
        drawn = draw_straddling(given, random.Random(seed), works)
        assert drawn is not None
        assert all(works(sizes) for sizes in drawn)
        smallest = [size for size in given if smaller(size, given, works) is None]
        assert straddling_faults(given, drawn, smallest) == []


def test_sizes_that_add_up_grow_together() -> None:
    """None of them can change alone."""
    given = {"n": 8, "a": 3, "b": 5, "d": 8}
    drawn = draw_straddling(given, random.Random(1), lambda sizes: sizes["a"] + sizes["b"] == sizes["d"])
    assert drawn is not None
    assert straddling_faults(given, drawn, smallest=["a", "b", "d"]) == []


def side(number: int, wall: int) -> int:
    """1 above, -1 below."""
    return (number > wall) - (number < wall)


@pytest.mark.parametrize("name", EVERY)
def test_hidden_sizes_stay_on_their_sides(name: str) -> None:
    """Of every given size, under 200 seeds; products of two that exceed the given one still do."""
    exercise = load_exercise(name)
    given = exercise.given_sizes
    walls = set(given.values())
    for own in exercise.sizes:
        draws = [draw_near(own, given, walls, random.Random(seed)) for seed in range(200)]
        assert len({tuple(drawn.values()) for drawn in draws}) > 1
        for drawn in draws:
            assert len(set(drawn.values())) == len(drawn)
            for size, number in own.items():
                assert all(side(drawn[size], wall) == side(number, wall) for wall in walls - {number})
                assert drawn[size] not in walls or drawn[size] == number
                assert all(drawn[a] * drawn[size] > given[a] * given[size]
                           for a in own if a != size and own[a] * number > given[a] * given[size])  # fmt: skip


def test_hidden_sizes_are_not_a_dimension_of_the_given_case() -> None:
    """Here 30, which is three times n_embd, and 96, which a size that exceeds it still exceeds."""
    for seed in range(200):
        drawn = draw_near({"n": 29, "m": 100}, {"n": 32, "m": 10}, {30, 96}, random.Random(seed))
        assert drawn["n"] != 30
        assert 96 < drawn["m"] <= 108
        assert 21 <= drawn["n"] < 32


def test_small_hidden_sizes_stay_large_enough_for_a_variance() -> None:
    """Five, or the exercise's own if that is smaller."""
    drawn = [draw_near({"n": 6, "m": 3}, {}, (), random.Random(seed)) for seed in range(50)]
    assert {sizes["n"] for sizes in drawn} == {5, 6, 7, 8}
    assert {sizes["m"] for sizes in drawn} == {3, 4, 5}


def test_the_exercise_s_own_sizes_are_used_if_there_are_no_others() -> None:
    """Between two walls."""
    assert draw_near({"n": 9}, {"n": 8, "m": 10}, (), random.Random(1)) == {"n": 9}


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", EVERY)
def test_every_hidden_seed_straddles(name: str, seed: int) -> None:
    """As the cases are built for a class; most of the time, other sizes than the exercise's own work."""
    exercise = load_exercise(name)
    further = build_cases(exercise, 1, hidden_seed=seed).further
    assert straddling_faults(exercise.given_sizes, [case.sizes for case in further]) == []
    assert any(case.sizes not in exercise.sizes for case in further)
    assert all(case.hidden for case in further)


@pytest.mark.parametrize(
    ("batch_size", "rows"),
    [(None, [40, 7, 12]), (32, [40, 7, 12]), (33, [41, 7, 12]), (64, [72, 7, 12]), (9, [40, 7, 12]), (7, [40, 6, 12]),
     (5, [40, 4, 12]), (3, [40, 3, 12]), (2, [40, 3, 12])],
)  # fmt: skip
def test_another_batch_size_is_straddled_too(batch_size: int | None, rows: list[int]) -> None:
    """The largest n grows with it, the smallest gets below it."""
    own = [{"n": 40, "m": 5}, {"n": 7, "m": 50}, {"n": 12, "m": 8}]
    moved = at_batch_size(own, 32, batch_size)
    assert [sizes["n"] for sizes in moved] == rows
    assert [sizes["m"] for sizes in moved] == [5, 50, 8]
    assert own[0]["n"] == 40


def test_a_moved_batch_is_not_another_size_of_its_case() -> None:
    """It skips the number that another size has."""
    assert at_batch_size([{"n": 40, "m": 41}], 32, 33) == [{"n": 42, "m": 41}]
    assert at_batch_size([{"n": 7, "m": 5}], 32, 6) == [{"n": 4, "m": 5}]
    assert at_batch_size([{"n": 7, "m": 3}], 32, 3) == [{"n": 3, "m": 3}]
    assert at_batch_size([{"m": 3}], 0, 3) == [{"m": 3}]
