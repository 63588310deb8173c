"""A gradient is a sum of shares, one for each way it comes back: how often does each share stand in the answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.diagnosis.derive import Path
    from grader.diagnosis.facts import Facts, View


def shares(paths: Sequence[Path], view: View) -> list[torch.Tensor] | None:
    """Each path's share on one case."""
    found = [view.tensor(path.node) for path in paths]
    return None if any(share is None for share in found) else [share for share in found if share is not None]


def coefficients(paths: Sequence[Path], facts: Facts) -> list[list[float]] | None:
    """For each case, how often each share stands in the answer; None if the answer is no such sum.

    A share that is zero up to rounding counts as standing there once.
    """
    if len(paths) < 2:
        return None
    if sum(view.got.numel() for view in facts.views) <= 8 * len(paths):
        return _together(paths, facts)
    found = []
    for view in facts.views:
        terms = shares(paths, view)
        weights = None if terms is None else _weights([terms], [view.got], facts.tolerance, view.scale)
        if weights is None:
            return None
        found.append(weights)
    return found


def _together(paths: Sequence[Path], facts: Facts) -> list[list[float]] | None:
    """One choice of weights for all cases: where one case has too few elements to tell."""
    all_terms = [shares(paths, view) for view in facts.views]
    known = [terms for terms in all_terms if terms is not None]
    if len(known) < len(all_terms) or sum(view.got.numel() for view in facts.views) <= len(paths):
        return None
    scale = max(view.scale for view in facts.views)
    weights = _weights(known, [view.got for view in facts.views], facts.tolerance, scale)
    return None if weights is None else [weights] * len(facts.views)


def _weights(
    terms: Sequence[list[torch.Tensor]], answers: Sequence[torch.Tensor], tolerance: float, scale: float
) -> list[float] | None:
    if any(t.shape != got.shape for case, got in zip(terms, answers, strict=True) for t in case):
        return None
    columns = torch.stack([torch.cat([t.reshape(-1) for t in share]) for share in zip(*terms, strict=True)], 1)
    target = torch.cat([got.reshape(-1) for got in answers]).unsqueeze(1)
    largest = columns.abs().amax(0)
    if not bool(torch.isfinite(columns).all()) or not bool(torch.isfinite(target).all()):
        return None
    kept = (largest > 1e-12 * scale).nonzero().reshape(-1)
    if len(kept) < 2:
        return None
    scaled = columns[:, kept] / largest[kept]
    solution = torch.linalg.lstsq(scaled, target, driver="gelsd")
    if int(solution.rank) < len(kept):
        return None
    solved = solution.solution
    if not float((scaled @ solved - target).abs().max()) <= tolerance * float(target.abs().max()):
        return None
    weights = torch.ones(columns.shape[1], dtype=torch.float64)
    weights[kept] = solved.reshape(-1) / largest[kept]
    return [float(w) for w in weights]
