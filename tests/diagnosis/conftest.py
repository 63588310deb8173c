"""A small exercise and wrong answers to it, without a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.diagnosis.derive import Deriver
from grader.diagnosis.facts import Facts
from grader.diagnosis.formula import Numbers
from grader.diagnosis.wrong_answer import View, WrongAnswer
from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.verdict.binding import Binding
from grader.verdict.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from grader.exercise.case import Cases

    Answer = Callable[[dict[str, Any], Callable[[str], torch.Tensor]], torch.Tensor]

FORWARD = """
import torch
GRADED = ["soft", "both", "unit", "spread", "xhat", "mean", "probs", "act", "pre", "b", "w", "x"]
SIZES = [{"n": 5, "m": 4, "k": 3}, {"n": 8, "m": 6, "k": 7}, {"n": 6, "m": 3, "k": 5}]

def inputs(seed, n=9, m=5, k=4):
    g = torch.Generator().manual_seed(seed)
    return {
        "x": torch.randn(n, m, generator=g),
        "w": torch.randn(m, k, generator=g),
        "b": torch.randn(k, generator=g),
        "cot": torch.randn(n, k, generator=g),
        "n": n,
    }

def forward(x, w, b, cot, n):
    pre = x @ w + b
    act = torch.tanh(pre)
    probs = torch.softmax(pre, 1)
    mean = 1/n*act.sum(0, keepdim=True)
    xhat = act - mean
    spread = (1/n*(xhat**2).sum(0, keepdim=True) + 1e-5)**-0.5
    unit = xhat * spread
    both = unit * probs
    soft = torch.softmax(both, 1)
    loss = (soft * cot).sum()
    return locals()
"""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """A layer, a tanh, a softmax and a normalization, all with a few elements."""
    folder = tmp_path_factory.mktemp("exercises") / "small"
    folder.mkdir()
    (folder / "exercise.toml").write_text('title = "small"\n', encoding="utf-8")
    (folder / "forward.py").write_text(FORWARD, encoding="utf-8")
    return Exercise(folder)


@pytest.fixture(scope="session")
def wrong(small: Exercise) -> Callable[..., Facts]:
    """Facts about an answer that is computed from the forward values and upstream gradients of each case."""
    ours = build_cases(small, 1)

    def make(
        variable: str,
        answer: Answer,
        *,
        upstream: tuple[str, ...] = (),
        values: tuple[str, ...] = (),
        cases: Cases = ours,
    ) -> Facts:
        module, views = cases.exercise.module.__dict__, []
        for case in (each for each in cases if not each.stressed):
            sweep = case.cut(upstream)
            numbers = Numbers(case.graph.values, sweep.total, module)
            got = answer(dict(case.graph.values), sweep.total)
            expected = sweep.cut(variable).clone()  # a test may write into it
            views.append(View(case, got, expected, numbers, sweep, sweep.scale(variable)))
        views.sort(key=lambda view: view.expected.numel())
        deriver = Deriver(cases.exercise, Numbers(cases.probe.graph.values, cases.probe.true.total, module))
        evidence = Evidence(variable, binding=Binding(values, upstream), depends_on=upstream)
        return Facts(WrongAnswer(cases.exercise, evidence, tuple(views), cases.given.sizes), deriver)

    return make
