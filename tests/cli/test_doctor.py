"""`grade doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]


def test_doctor_tells_isolation_numerics_and_versions(grade: Grade) -> None:
    """What holds here."""
    result = grade("doctor")
    assert result.exit_code == 0, result.output
    for part in ("torch", "kernels, 1 thread", "isolation of a learner's code", "xdist"):
        assert part in result.stdout
