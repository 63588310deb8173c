"""One factor between two tensors, and its name."""

from __future__ import annotations

import pytest
import torch

from grader.diagnosis.factors import Forms, factor, factor_of_each, name_factor

SIZES = {"n": [9.0, 5.0, 8.0], "m": [5.0, 4.0, 6.0], "x.numel()": [45.0, 20.0, 48.0]}


def tensor(*values: float) -> torch.Tensor:
    """A float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


def named(factors: list[float]) -> str | None:
    """The name of a factor, made of the sizes above."""
    return name_factor(factors, Forms(lambda: SIZES))


class TestFactor:
    """`factor`."""

    def test_is_the_number_that_every_element_is_multiplied_by(self) -> None:
        """Up to rounding."""
        assert factor(tensor(1, -2, 3), tensor(-0.5, 1, -1.5), 1e-9) == pytest.approx(-0.5)

    def test_is_none_if_one_element_has_another_factor(self) -> None:
        """No projection fits both."""
        assert factor(tensor(1, -2, 3), tensor(2, -4, 6.00001), 1e-9) is None

    def test_may_be_off_by_the_tolerance(self) -> None:
        """Relative to the largest element."""
        assert factor(tensor(1, -2, 3), tensor(2, -4, 6.00001), 1e-5) == pytest.approx(2, rel=1e-5)

    @pytest.mark.parametrize("target", [torch.ones(2, 1), torch.ones(3)], ids=["reshaped", "longer"])
    def test_is_none_for_another_shape(self, target: torch.Tensor) -> None:
        """Nothing is broadcast."""
        assert factor(tensor(1, 1), target.double(), 1e-9) is None

    @pytest.mark.parametrize("candidate", [tensor(0, 0), tensor(float("inf"), 1), tensor(0), tensor(float("nan"))])
    def test_is_none_for_zeros_and_for_values_that_are_not_finite(self, candidate: torch.Tensor) -> None:
        """For one number or several."""
        assert factor(candidate, torch.ones_like(candidate), 1e-9) is None

    def test_of_one_number_is_the_quotient(self) -> None:
        """Any two numbers have a quotient."""
        assert factor(tensor(4), tensor(3), 1e-9) == 0.75

    def test_of_each_case_needs_a_factor_in_every_case(self) -> None:
        """It stops at the first case without one."""
        good, bad = (tensor(1, 2), tensor(2, 4)), (tensor(1, 2), tensor(2, 5))
        assert factor_of_each([good, good], 1e-9) == [2.0, 2.0]
        assert factor_of_each([good, bad], 1e-9) is None


class TestName:
    """`name_factor`."""

    @pytest.mark.parametrize(
        ("factors", "name"),
        [
            ([2.0] * 3, "2"),
            ([-1.0] * 3, "-1"),
            ([2 / 3] * 3, "2/3"),
            ([100.0] * 3, "100"),
            ([1 / 13] * 3, "0.0769231"),
            ([1e-7] * 3, "1.000000e-07"),
            ([9.0, 5.0, 8.0], "n"),
            ([1 / 9, 1 / 5, 1 / 8], "1/n"),
            ([-1 / 9, -1 / 5, -1 / 8], "-1/n"),
            ([8 / 9, 4 / 5, 7 / 8], "(n-1)/n"),
            ([4.5, 2.5, 4.0], "1/2*n"),
            ([9 / 5, 5 / 4, 8 / 6], "n/m"),
            ([9.0 * 5, 5.0 * 4, 8.0 * 6], "x.numel()"),
        ],
    )
    def test_is_the_expression_that_holds_on_every_case(self, factors: list[float], name: str) -> None:
        """A plain number, then one size, then two."""
        assert named(factors) == name

    @pytest.mark.parametrize("factors", [[1.0, 2.0, 3.5], [1.0, 1.0, float("nan")], [0.0, 0.0, 0.0]])
    def test_is_none_if_no_expression_holds(self, factors: list[float]) -> None:
        """Or if a factor is NaN or zero."""
        assert named(factors) is None

    @pytest.mark.parametrize(
        ("number", "name"), [(1 + 1e-7, "1.0000001"), (2.50000001, "2.50000001"), (123456.71, "123456.71")]
    )
    def test_is_not_rounded_to_a_different_number(self, number: float, name: str) -> None:
        """1.0000001 is a mistake; 1 is not."""
        assert named([number] * 3) == name

    def test_of_one_case_is_a_plain_number_only(self) -> None:
        """Any size could fit by chance."""
        assert named([9.0]) == "9"
        assert named([0.123]) == "0.123"

    def test_forms_are_built_once_on_first_use(self) -> None:
        """A plain number needs no forms."""
        calls: list[int] = []

        def sizes() -> dict[str, list[float]]:
            calls.append(1)
            return SIZES

        forms = Forms(sizes)
        assert name_factor([2.0] * 3, forms) == "2"
        assert not calls
        assert name_factor([9.0, 5.0, 8.0], forms) == name_factor([9.0, 5.0, 8.0], forms) == "n"
        assert len(calls) == 1


def test_one_over_a_size_comes_before_one_less_than_another() -> None:
    """n may be one less than m in every case: then 1/n is meant, not 1/(m-1)."""
    sizes = {"m": [9.0, 5.0, 8.0], "n": [8.0, 4.0, 7.0]}
    assert name_factor([1 / 8, 1 / 4, 1 / 7], Forms(lambda: sizes)) == "1/n"
