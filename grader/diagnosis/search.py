"""Finds what an answer is: a formula changed in one place, shares with other weights, or powers of forward values.

Candidates are tried on the smallest case, on a few elements first, and count only if they hold on every case.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.changed_formulas import changes, with_epsilon
from grader.diagnosis.candidates.derivatives import slopes
from grader.diagnosis.factors import agreed, alike, factor, factor_of_each, is_decimal
from grader.diagnosis.formula import broadcasts, size
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.diagnosis.candidates.change import Change
    from grader.diagnosis.derive import Path
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.wrong_answer import View, WrongAnswer

    Powers = tuple[tuple[str, float], ...]
    """Forward values, each with an exponent."""

LARGE = 24
"""Formulas of more operations than this get only the likelier changes. 12 would lose six names of the catalogues; 48
changes none."""
SAMPLES = 4
"""How many elements of a candidate are compared before all of them. A target with fewer nonzero elements has no
candidates: 16 would lose eleven names of the catalogues; 2 changes none."""
ROUGHLY = 1e-4
"""How close those elements have to be, and factors of several cases if no sizes explain the difference. Only a filter:
from 1e-6 to 1e-2 every name of the catalogues is the same."""
TIGHT = 1e-11
"""The tolerance, relative to the largest element, for formulas that differ only by a small constant: it separates
constants that `TOLERANCE` would not. From 1e-13 to 1e-9 every name of the catalogues is the same."""
NEARLY = 1e-2
"""An answer this close, relative to the largest element, may differ only by a small constant. 1e-3 would change one
name of the catalogues, 1e-1 five."""
NULL = 1e-12
"""What is left for a share is only rounding if it is below this fraction of the terms. Right answers' rounding was
measured below 3e-14 of them; from 1e-14 to 1e-9 every name of the catalogues is the same."""

FEWEST = 2
"""On how many cases a share has to stand out from the rounding of the others, which are 1e12 times as large on one."""
SEEN = 1e-6
"""A share smaller than this, beside the largest, is solved for, but rounding hides its weight."""

BANDS = (0.0, 0.95, math.inf)
"""The likelier changes of all shares are tried before the more far-fetched ones of any."""
FURTHEST_ALONE = 1.4
"""Beside missing shares, a change that costs more is one explanation stacked on another."""
ALONE = 0.6
"""The extra cost of a change if the other shares are missing; see `Change.cost`."""
TURNED = 0.7
"""The same for a wrong sign as well."""
SCALED = 0.9
"""The same for an extra factor as well."""


@dataclass(frozen=True, eq=False, slots=True)
class Match:
    """A changed formula that holds on every case."""

    path: Path
    change: Change
    factor: str
    """An extra factor on the changed share."""
    alone: bool
    """Whether the other shares are missing."""
    cost: float


@dataclass(frozen=True, eq=False, slots=True)
class Share:
    """What one path's share has to be if the others are right, or if they are missing."""

    path: Path
    values: tuple[torch.Tensor, ...]
    """One for each case."""
    noise: tuple[float, ...]
    """The rounding in each, where it is a difference of larger numbers."""
    alone: bool

    @property
    def surcharge(self) -> float:
        """The extra cost of a change of this share."""
        return ALONE if self.alone else 0.0

    @property
    def uniform(self) -> bool:
        """Whether all elements are equal, so that any sum over everything differs only by a factor."""
        return all(bool((v == v.reshape(-1)[0]).all()) for v in self.values)

    def sample(self) -> Sample | None:
        """Some elements of the smallest case, which rule out most candidates; None if one of them is zero."""
        flat = self.values[0].reshape(-1)
        usable = flat.abs().nan_to_num()
        chosen = usable.topk(min(SAMPLES, flat.numel())).indices
        wanted = flat[chosen].tolist()
        return Sample(self.values[0].shape, chosen, wanted) if wanted and wanted[-1] else None


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """The largest elements of a target."""

    shape: torch.Size
    places: torch.Tensor
    """Flat positions: int64, (SAMPLES,) or fewer."""
    wanted: list[float]

    def fits(self, made: torch.Tensor) -> bool:
        """Whether a candidate may be the target, up to one factor."""
        if made.shape != self.shape:
            return False
        found = made.take(self.places).tolist()
        ratio = found[0] / self.wanted[0]
        if not ratio:
            return False
        slack = ROUGHLY * abs(ratio)
        for each, wanted in zip(found, self.wanted, strict=True):  # a loop, for speed: every candidate gets here
            if not abs(each - wanted * ratio) <= slack * abs(wanted):
                return False
        return True


# a formula changed in one place


def search(
    paths: Sequence[Path], facts: Facts, *, light: bool = False, only: frozenset[Kind] | None = None
) -> Match | None:
    """The least far-fetched change of one share that gives the answer.

    Args:
        paths: the shares that the right gradient is the sum of.
        facts: the answer, and what it could be computed from.
        light: leave out far-fetched changes.
        only: the kinds of changes to try; all of them if None.
    """
    best: Match | None = None
    known = [(path, targets, _candidates(path, facts, light=light)) for path, targets in _targets(paths, facts)]
    for low, high in itertools.pairwise(BANDS):
        for _, targets, candidates in known:
            wanted = [c for c in candidates if low <= c.cost < high and (only is None or c.kind in only)]
            best = _cheapest(wanted, targets, facts, best)
    return best


def among(candidates: Iterable[Change], path: Path, facts: Facts) -> Match | None:
    """The least far-fetched of some formulas that is the whole answer."""
    return _cheapest(candidates, [_whole(path, facts)], facts, None)


def try_change(change: Change, path: Path, facts: Facts) -> Match | None:
    """A match if the whole answer is this one formula; None otherwise."""
    return _holds(change, _whole(path, facts), facts)


def _whole(path: Path, facts: Facts, *, alone: bool = False) -> Share:
    return Share(path, tuple(view.got for view in facts.answer.views), (0.0,) * len(facts.answer.views), alone)


def _targets(paths: Sequence[Path], facts: Facts) -> Iterator[tuple[Path, list[Share]]]:
    """Every path, with what the answer leaves for it."""
    all_shares = [shares(paths, view) for view in facts.answer.views]
    blank = len(paths) > 1 and only_rounding(facts.answer)  # what is left for a share is only what cancels the others
    for index, path in enumerate(paths):
        found = []
        rest = None if blank else _rests(all_shares, index, facts)
        if rest is not None:
            noise = tuple(NULL * view.scale if len(paths) > 1 else 0.0 for view in facts.answer.views)
            found.append(Share(path, rest, noise, alone=False))
        if len(paths) > 1 and not _is_share(all_shares, index, facts):
            found.append(_whole(path, facts, alone=True))
        yield path, found


def only_rounding(answer: WrongAnswer) -> bool:
    """Whether an answer is no more than the rounding of the terms that the gradient is the sum of."""
    return all(view.got.numel() and float(view.got.abs().max()) <= NULL * view.scale for view in answer.views)


def _is_share(all_shares: Sequence[list[torch.Tensor] | None], index: int, facts: Facts) -> bool:
    """Whether the answer is this share, unchanged: then every change that has no effect would fit."""
    pairs = zip(facts.answer.views, all_shares, strict=True)
    return all(terms is not None and alike(terms[index], view.got, facts.answer.tolerance) for view, terms in pairs)


def shares(paths: Sequence[Path], view: View) -> list[torch.Tensor] | None:
    """Each path's share on one case; None if one cannot be computed."""
    found = [view.tensor(path.node) for path in paths]
    return None if any(share is None for share in found) else [share for share in found if share is not None]


def _rests(
    all_shares: Sequence[list[torch.Tensor] | None], index: int, facts: Facts
) -> tuple[torch.Tensor, ...] | None:
    """For each case, the answer minus all other shares; None if that is only rounding or the shapes do not fit."""
    found: list[torch.Tensor] = []
    for view, terms in zip(facts.answer.views, all_shares, strict=True):
        if terms is None:
            return None
        try:
            rest = view.got - sum((t for k, t in enumerate(terms) if k != index), torch.zeros((), dtype=torch.float64))
        except RuntimeError:
            return None
        found.append(rest)
    several = len(all_shares[0] or ()) > 1
    told = [float(rest.abs().max()) > NULL * view.scale for rest, view in zip(found, facts.answer.views, strict=True)]
    return tuple(found) if not several or (told[0] and sum(told) >= min(FEWEST, len(told))) else None


def _cheapest(found: Iterable[Change], targets: Sequence[Share], facts: Facts, best: Match | None) -> Match | None:
    sampled = [(target, sample) for target in targets if (sample := target.sample()) is not None]
    for change in found:
        wanted = [
            (t, s)
            for t, s in sampled
            if (best is None or change.cost + t.surcharge < best.cost)
            and not (t.alone and change.cost > FURTHEST_ALONE)
        ]
        if not wanted:
            continue
        if facts.exhausted:
            break
        made = facts.answer.probe.tensor(change.node)
        for target, sample in wanted:
            hit = _holds(change, target, facts) if made is not None and sample.fits(made) else None
            best = hit if hit is not None and (best is None or hit.cost < best.cost) else best
    return best


_SUMS = (Kind.SUMMED_TOO_FAR, Kind.NOT_SUMMED, Kind.WRONG_AXIS)


def _holds(change: Change, target: Share, facts: Facts) -> Match | None:
    tight = change.kind is Kind.WRONG_EPSILON and not facts.answer.narrow
    tolerance = TIGHT if tight else facts.answer.tolerance
    factors = _factors(change, target, facts, tolerance)
    named = None if factors is None else facts.named(factors)
    if factors is None or named is None or not math.isfinite(factors[0]) or is_decimal(named):
        return None  # a number without a name, on top of another mistake, explains nothing
    plain = named in ("1", "-1")
    if _has_no_effect(change, target, facts) or (change.kind in _SUMS and not plain and target.uniform):
        return None
    if tight and named != "1":
        return None
    if facts.answer.of_single_numbers and not _is_short(change, named, target):
        return None
    extra = {"1": 0.0, "-1": TURNED}.get(named, SCALED)
    if extra == SCALED and change.cost >= BANDS[1]:
        return None  # one explanation stacked on another
    return Match(target.path, change, named, target.alone, change.cost + extra + target.surcharge)


def _has_no_effect(change: Change, target: Share, facts: Facts) -> bool:
    """Whether the change leaves the share as it is: a value that only gives a shape, or a dimension of size 1."""
    return all(
        (right := view.tensor(target.path.node)) is not None and alike(view.tensor(change.node), right, NULL)
        for view in facts.answer.views
    )


SHORT = 1.1
"""The cost of another operation, the most far-fetched change of single numbers. What costs more fits by an identity: a
tanh's derivative in the wrong place would be "two values are combined as a power", times four."""


def _is_short(change: Change, factor: str, target: Share) -> bool:
    """Whether a description of single numbers is too short to fit them by chance, or by an identity between them."""
    if target.alone or change.kind in (Kind.SIGN, Kind.CONSTANT_FACTOR):
        return change.kind in (Kind.UPSTREAM_ONLY, Kind.UPSTREAM_UNUSED) and factor == "1"
    if factor in ("1", "-1"):
        return change.cost <= SHORT
    return change.kind is Kind.WRONG_POWER and change.cost < SHORT


def _factors(change: Change, target: Share, facts: Facts, tolerance: float) -> list[float] | None:
    """For each case, the number that turns the candidate into the target; None if a case has none."""
    factors: list[float | None] = []
    hidden: list[tuple[torch.Tensor, torch.Tensor, float]] = []
    for view, wanted, noise in zip(facts.answer.views, target.values, target.noise, strict=True):
        made = view.tensor(change.node)
        if made is None or made.shape != wanted.shape:
            return None
        largest = float(wanted.abs().max())
        if noise > tolerance * largest or (not largest and not bool(made.any())):
            hidden.append((made, wanted, noise))
            factors.append(None)
            continue
        k = factor(made, wanted, tolerance, noise)
        if k is None or (factors and not facts.quantities and abs(k - (factors[0] or k)) > ROUGHLY * abs(k)):
            return None
        factors.append(k)
    found = agreed(factors, ROUGHLY)
    if found is None or len(found) - len(hidden) < min(FEWEST, len(found)):
        return None
    return found if all(float((m * found[0] - w).abs().max()) <= 4 * noise for m, w, noise in hidden) else None


# small constants, in an answer that is nearly right


ALONG = 0.5
"""The smallest squared cosine between what a small constant changes and what the answer is off by. From 0.05 to 0.9
every name of the catalogues is the same."""
_TRIED = 1e-7
"""A constant small enough to show the direction and large enough to stand out from rounding; 1e-6 and 1e-8 work too."""


def nearly(facts: Facts) -> bool:
    """Whether the answer is right except for a small difference."""
    return all(
        view.got.shape == view.expected.shape
        and float((view.got - view.expected).abs().max()) <= NEARLY * float(view.expected.abs().max())
        for view in facts.answer.views
    )


def _candidates(path: Path, facts: Facts, *, light: bool) -> list[Change]:
    close = nearly(facts)
    found = changes(path.node, facts, light=(light or size(path.node) > LARGE) and not close)
    found = sorted([*found, *slopes(path, facts.answer.variable, facts)], key=lambda change: change.cost)
    if close:
        without = [c for c in found if c.kind is Kind.WRONG_EPSILON]
        stray = _stray(path.node, path.node, facts)
        moved = [other for change in without[:2] for other in _stray(change.node, path.node, facts)]
        return [*without, *stray, *(c for c in found if c.kind is not Kind.WRONG_EPSILON), *moved]
    return found


def _stray(node: Node, right: Node, facts: Facts) -> list[Change]:
    """Small constants added to a formula, where adding one moves it in the direction in which the answer is off."""
    view = facts.answer.probe
    before, share = view.tensor(node), view.tensor(right)
    if before is None or share is None:
        return []
    off = view.got - view.expected + share - before  # in the share's shape
    numbers = (_TRIED, *(10.0**-k for k in range(3, 13)))
    found: list[Change] = []
    for tried, *others in zip(*(with_epsilon(node, number) for number in numbers), strict=True):
        after = view.tensor(tried.node)
        if after is not None and _along(after - before, off):
            found += others
    return found


def _along(step: torch.Tensor, off: torch.Tensor) -> bool:
    """Whether two differences are roughly parallel or antiparallel; not exactly, as steps of different sizes bend."""
    if step.shape != off.shape:
        return False
    both = float((step * off).sum())
    return both * both >= ALONG * float((step * step).sum()) * float((off * off).sum()) > 0


# how often each share is counted


_FEW = 8
"""With fewer elements per share than this, all cases are solved together: a single case would have too few."""


def coefficients(paths: Sequence[Path], facts: Facts) -> list[list[float | None]] | None:
    """For each case, the weight of each share in the answer; None if the answer is not a weighted sum of them.

    A share that is too small beside the others, so that rounding hides its weight, has none on that case.
    """
    if len(paths) < 2:
        return None
    all_terms = [shares(paths, view) for view in facts.answer.views]
    known = [terms for terms in all_terms if terms is not None]
    if len(known) < len(all_terms):
        return None
    if sum(view.got.numel() for view in facts.answer.views) <= _FEW * len(paths):
        return _for_all_cases(known, facts)
    found: list[list[float | None]] = []
    for view, terms in zip(facts.answer.views, known, strict=True):
        weights = _weights([terms], [view.got], facts.answer.tolerance, view.scale)
        if weights is None:
            return None
        found.append(weights)
    return found


def _for_all_cases(terms: Sequence[list[torch.Tensor]], facts: Facts) -> list[list[float | None]] | None:
    """The same weights for all cases, each in units of its own scale: their upstream gradients are 1e12 times apart."""
    if sum(view.got.numel() for view in facts.answer.views) <= len(terms[0]):
        return None
    units = [view.scale or 1.0 for view in facts.answer.views]
    scaled = [[term / unit for term in each] for each, unit in zip(terms, units, strict=True)]
    answers = [view.got / unit for view, unit in zip(facts.answer.views, units, strict=True)]
    weights = _weights(scaled, answers, facts.answer.tolerance, 1.0)
    return None if weights is None else [weights] * len(facts.answer.views)


def _weights(
    terms: Sequence[list[torch.Tensor]], answers: Sequence[torch.Tensor], tolerance: float, scale: float
) -> list[float | None] | None:
    """The least-squares solution if it is unique and holds at every element; None otherwise.

    Args:
        terms: for each case, every share.
        answers: for each case, the answer.
        tolerance: how far an element may be off, relative to the largest.
        scale: the size of the terms; shares below `NULL` times this are left out.
    """
    if any(t.shape != got.shape for case, got in zip(terms, answers, strict=True) for t in case):
        return None
    # (elements of all cases, shares) and (elements of all cases, 1)
    columns = torch.stack([torch.cat([t.reshape(-1) for t in share]) for share in zip(*terms, strict=True)], 1)
    target = torch.cat([got.reshape(-1) for got in answers]).unsqueeze(1)
    largest = columns.abs().amax(0)  # (shares,)
    if not bool(torch.isfinite(columns).all()) or not bool(torch.isfinite(target).all()):
        return None
    kept = (largest > NULL * scale).nonzero().reshape(-1)
    if not len(kept):
        return None
    scaled = columns[:, kept] / largest[kept]
    fit = torch.linalg.lstsq(scaled, target, driver="gelsd")
    if int(fit.rank) < len(kept):
        return None
    solved = fit.solution  # (shares kept, 1)
    slack = tolerance * float(target.abs().max()) + NULL * scale
    if not float((scaled @ solved - target).abs().max()) <= slack:
        return None
    solution = (solved.reshape(-1) / largest[kept]).tolist()
    seen = (largest[kept] > SEEN * largest.max()).tolist()
    found = {k: weight for k, weight, told in zip(kept.tolist(), solution, seen, strict=True) if told}
    return [found.get(k) for k in range(columns.shape[1])]


# right except for powers of forward values


EXPONENTS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 1.5, -1.5, 3.0, -3.0, 4.0, -4.0)
"""The exponents that are tried on one value, and on pairs of values."""
FEW = 3
"""The fewest elements that exponents are fitted at. With no more than these, two values would fit by chance."""
RATIOS = 24
"""About how many elements the exponents are fitted at before all are compared. 6 and 96 change no name."""
_FITS = 1e-6
"""How close the logarithms of ratios have to be at those elements."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """answer = right gradient * factor * product of value**power."""

    powers: Powers
    factor: str


def ratio(facts: Facts, rights: Sequence[torch.Tensor], answers: Sequence[torch.Tensor]) -> Ratio | None:
    """The simplest product of powers that relates two tensors on every case."""
    for powers in _fitting(facts, rights, answers):
        made = [
            _times_powers(right, view, powers, facts) for view, right in zip(facts.answer.views, rights, strict=True)
        ]
        known = [product for product in made if product is not None]
        if len(known) == len(made):
            named = facts.named(factor_of_each(zip(known, answers, strict=True), facts.answer.tolerance))
            if named is not None:
                return Ratio(powers, named)
    return None


def _times_powers(right: torch.Tensor, view: View, powers: Powers, facts: Facts) -> torch.Tensor | None:
    found = torch.ones_like(right)
    for value, power in powers:
        base = view.tensor(facts.factors[value])
        if base is None or not _broadcasts(base.shape, right.shape):  # it may in the case where the powers were found
            return None
        found = found * base**power
    return right * found if bool(torch.isfinite(found).all()) else None


def _broadcasts(shape: torch.Size, to: torch.Size) -> bool:
    """Whether a factor of one shape leaves a tensor of another shape as large as it is."""
    pairs = zip(reversed(shape), reversed(to), strict=False)
    return len(shape) <= len(to) and all(size in (1, wide) for size, wide in pairs)


def _fitting(facts: Facts, rights: Sequence[torch.Tensor], answers: Sequence[torch.Tensor]) -> Iterator[Powers]:
    """Exponents that fit a sample of the elements, one value before two.

    The logarithm of answer/right has to be a sum of exponents times logarithms of values, up to a constant. The
    elements are those of the smallest case, or of every case if that has too few.
    """
    chosen = [_samples(right, answer) for right, answer in zip(rights, answers, strict=True)]
    kept = chosen[:1] if chosen[0] is not None and len(chosen[0]) >= FEW else chosen
    places = [places for places in kept if places is not None]
    if len(places) < len(kept) or sum(map(len, places)) < FEW:
        return
    logs = {}  # (elements chosen,) each
    for known, node in facts.factors.items():
        found = [
            _chosen(view.tensor(node), right, at)
            for view, right, at in zip(facts.answer.views, rights, places, strict=False)
        ]
        if all(each is not None for each in found):
            logs[known] = _centered_log(torch.cat([each for each in found if each is not None]))
    ratios = [
        (got.reshape(-1)[at] / right.reshape(-1)[at]) for got, right, at in zip(answers, rights, places, strict=False)
    ]
    wanted = _centered_log(torch.cat(ratios))
    exponents = torch.tensor(EXPONENTS, dtype=torch.float64).unsqueeze(1)  # (exponents, 1)
    scaled = {value: exponents * log for value, log in logs.items()}  # (exponents, elements chosen) each
    for value, rows in scaled.items():
        for row in _hits(rows - wanted):
            yield ((value, EXPONENTS[row]),)
    if len(wanted) <= FEW:
        return
    for (one, first), (other, second) in itertools.combinations(scaled.items(), 2):
        sums = first.unsqueeze(1) + second.unsqueeze(0)  # (exponents, exponents, elements chosen)
        for row in _hits((sums - wanted).reshape(-1, len(wanted))):
            yield (one, EXPONENTS[row // len(EXPONENTS)]), (other, EXPONENTS[row % len(EXPONENTS)])


def _chosen(value: torch.Tensor | None, right: torch.Tensor, places: torch.Tensor) -> torch.Tensor | None:
    """A value at some flat positions of a tensor that it is broadcast to; None if it cannot be."""
    if value is None or not broadcasts(value.shape, right.shape):
        return None
    return value.expand(right.shape).reshape(-1)[places]


def _samples(right: torch.Tensor, answer: torch.Tensor) -> torch.Tensor | None:
    """Flat positions where neither is zero; None if there are none."""
    if right.shape != answer.shape:
        return None
    usable = ((right.reshape(-1) != 0) & (answer.reshape(-1) != 0)).nonzero().reshape(-1)
    return usable[:: max(1, len(usable) // RATIOS)] if len(usable) else None


def _centered_log(values: torch.Tensor) -> torch.Tensor:
    logs = values.double().abs().log()
    return logs - logs.mean()


def _hits(differences: torch.Tensor) -> list[int]:
    """The rows that are zero."""
    found: list[int] = ((differences.abs() <= _FITS).all(1)).nonzero().reshape(-1).tolist()
    return found
