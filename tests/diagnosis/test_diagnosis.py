"""Wrong gradients are named by an identity that holds on every case, with the forward line to look at."""

from __future__ import annotations

import itertools
import json
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis.derive import Deriver
from grader.diagnosis.diagnose import DiagnosisFailed
from grader.diagnosis.facts import deriver_of
from grader.diagnosis.formula import Numbers
from grader.diagnosis.kinds import SENTENCES, Kind
from grader.exercise.case import Case, Cases
from grader.exercise.exercise import Exercise
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import list_exercises, load_exercise
from grader.verdict.problems import CHANCE, KEEPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.grading.row import Row

    Graded = Callable[..., dict[str, Row]]

ROOT = Path(__file__).resolve().parents[2]

MISTAKES: list[tuple[str, str, str]] = [
    ("dprobs(dlogprobs, probs): return -dlogprobs/probs", "sign", "opposite sign"),
    ("dprobs(dlogprobs, probs, n): return dlogprobs/probs/n", "constant_factor", "1/n times"),
    ("dprobs(dlogprobs, probs): return dlogprobs*probs", "wrong_operand", "the derivative is taken to be probs"),
    ("dprobs(dlogprobs, counts): return dlogprobs/counts", "wrong_operand", "counts"),
    ("dprobs(dlogprobs, probs): return dlogprobs/(probs + 1e-8)", "wrong_epsilon", "1e-08"),
    ("dprobs(dlogprobs): return dlogprobs.clone()", "upstream_only", "factor is missing"),
    ("dprobs(probs): return 1/probs", "upstream_unused", "dlogprobs is left out"),
    ("dprobs(probs): return torch.zeros_like(probs)", "zeros", "zero everywhere"),
    (
        "dlogits(dlogprobs, probs): d = dlogprobs - probs*dlogprobs.sum(1, keepdim=True); return 0*d + d.sum(1, True)",
        "summed_too_far",
        "summed over dimension 1",
    ),
    (
        "dhprebn(dbnraw, bnraw, n): d = dbnraw - dbnraw.mean(0) - bnraw*(dbnraw*bnraw).mean(0); return 0*d + d.mean(0)",
        "zeros",
        "its terms cancel",
    ),
    (
        "dlogprobs(dloss, logprobs, n): return torch.full((n, 1), -1.0/n)",
        "wrong_index",
        "one gradient for every row",
    ),
    ("dprobs(dlogprobs, probs): return (dlogprobs/probs).T", "transposed", "transposed (dimensions 0 and 1)"),
    ("dlogprobs(logprobs, Yb): return -F.one_hot(Yb, logprobs.shape[1])/32", "hard_coded", "32 instead of n"),
    ("dlogprobs(logprobs, n): return torch.full_like(logprobs, -1.0/n)", "wrong_index", "every position"),
    ("dcounts_sum_inv(dprobs, counts): return counts*dprobs", "not_summed", "sum over dimension 1"),
    ("dcounts_sum_inv(dprobs, counts): return (counts*dprobs).sum(1)", "keepdim", "keepdim=True"),
    ("dcounts_sum_inv(dprobs, counts): return (counts*dprobs).sum(0, keepdim=True)", "wrong_axis", "dimension 0"),
    ("dcounts_sum_inv(dprobs, counts): return (counts*dprobs).sum()", "summed_too_far", "every dimension"),
    (
        "dcounts(dprobs, dcounts_sum, counts_sum_inv): return counts_sum_inv*dprobs - dcounts_sum",
        "negated_path",
        "wrong sign",
    ),
    (
        "dcounts(dprobs, dcounts_sum, counts_sum_inv): return 2*counts_sum_inv*dprobs + dcounts_sum",
        "doubled_path",
        "twice",
    ),
    (
        "dcounts(dprobs, dcounts_sum_inv, counts_sum_inv): return counts_sum_inv*dprobs + dcounts_sum_inv",
        "other_gradient",
        "dcounts_sum_inv is used instead",
    ),
    (
        "dnorm_logits(dprobs, probs): return probs*(1 - probs)*dprobs",
        "softmax_jacobian",
        "depends on its whole row",
    ),
    (
        "dlogits(dnorm_logits, dlogit_maxes): return dnorm_logits + dlogit_maxes",
        "wrong_path",
        "every entry instead of only the largest one",
    ),
    ("db2(dlogits): return dlogits.double().sum(0)", "wrong_dtype", "float64"),
    ("dbndiff2(dbnvar, n): return dbnvar/(n-1)", "not_expanded", "not broadcast"),
    ("demb(dembcat, n): return dembcat.view(n, -1, 3).transpose(1, 2)", "permuted", "wrong order"),
    ("db1(dhprebn): return dhprebn.sum(0)*1e-14", "null_gradient", "terms cancel"),
    (
        "dhprebn(dhpreact, bngain, bnvar_inv, n): return bngain*bnvar_inv/n*(n*dhpreact - dhpreact.sum(0))",
        "fused_term",
        "bndiff2",
    ),
]


def named(graded: Graded, function: str) -> dict[str, Any]:
    """The diagnosis of one function, written on one line."""
    name = function.partition("(")[0]
    row = graded(f"import torch.nn.functional as F\ndef {function}\n", only=(name,))[name]
    assert row.diagnosis is not None, f"{name} is {row.verdict}"
    return dict(row.diagnosis)


class TestNames:
    """Each kind, on a typical mistake."""

    @pytest.mark.parametrize(("function", "kind", "words"), MISTAKES, ids=[m[0].split(":")[0] + m[1] for m in MISTAKES])
    def test_say_what_was_done(self, graded: Graded, function: str, kind: str, words: str) -> None:
        """The kind, and in the message what is specific to this mistake."""
        found = named(graded, function)
        assert found["kind"] == kind, found["message"]
        assert words in found["message"]

    def test_cover_every_kind_of_the_closed_list(self) -> None:
        """The documentation has the same list as the code."""
        assert set(SENTENCES) == set(Kind)
        page = (ROOT / "docs" / "diagnosis.md").read_text(encoding="utf-8")
        for kind in Kind:
            assert f"| `{kind}` | {SENTENCES[kind]} |" in page


class TestSentences:
    """What the learner reads."""

    def test_a_missing_path_is_reported_with_its_line(self, graded: Graded) -> None:
        """The message that this project was started for."""
        found = named(graded, "dbndiff(dbnraw, bnvar_inv): return bnvar_inv*dbnraw")
        assert found["kind"] == "missing_path"
        assert found["message"].startswith(
            "your dbndiff covers only the path through bnraw; bndiff is also used in bndiff2"
        )
        assert re.search(r"forward\.py line \d+", found["message"])

    def test_without_an_identity_they_say_where_and_how_far_but_not_the_value(self, graded: Graded) -> None:
        """A sign and an order of magnitude; never the number itself."""
        row = graded("def dprobs(dlogprobs, probs):\n    return dlogprobs*torch.cos(probs*7 + 1)\n", only=("dprobs",))[
            "dprobs"
        ]
        assert row.diagnosis is not None
        assert row.worst is not None
        message = row.diagnosis["message"]
        assert row.diagnosis["kind"] == "unknown"
        assert str(list(row.worst["index"])) in message
        assert f"{row.worst['expected']:.3g}" not in message

    def test_for_nan_they_list_what_produces_it(self, graded: Graded) -> None:
        """Here a power of negative numbers: ** typed instead of *."""
        found = named(graded, "dbngain(dhpreact, bnraw): return (bnraw**dhpreact).sum(0, keepdim=True)")
        assert "** typed for *" in found["message"]

    def test_state_kept_between_calls_is_not_called_a_size(self, graded: Graded) -> None:
        """The same case was run twice, with two answers."""
        source = (
            "calls = []\ndef dprobs(dlogprobs, probs):\n    calls.append(1)\n    return dlogprobs/probs*len(calls)\n"
        )
        found = graded(source, only=("dprobs",))["dprobs"].diagnosis
        assert found is not None
        assert (found["kind"], found["evidence"]["cause"]) == ("hard_coded", "changes")
        assert "right in one call and wrong in another with the same forward pass" in found["message"]
        assert "size" not in found["message"]

    @pytest.mark.parametrize(
        ("function", "numbers"),
        [
            ("dhprebn(dbndiff, dbnmeani, n): return dbndiff + 1.0/32*dbnmeani.expand(n, -1)", {"32": "n"}),
            ("db2(dlogits): return dlogits[:32].sum(0)", {"32": "n"}),
            ("dhprebn(dbndiff, dbnmeani): return dbndiff + dbnmeani/32", {"32": "n"}),
            ("dbndiff(dbnraw, dbnvar, bnvar_inv, bndiff): return bnvar_inv*dbnraw + 2*bndiff*dbnvar/31", {"31": "n-1"}),
            ("dW2(dlogits, h): return h[:32].T @ dlogits[:32]", {"32": "n"}),
            ("demb(dembcat): return dembcat.view(32, 3, 10)", {"32": "n", "10": "emb.shape[2]"}),
            ("dbndiff2(dbnvar, bndiff2): return torch.ones_like(bndiff2)/31*dbnvar", {"31": "n-1"}),
        ],
    )
    def test_a_typed_size_is_found_in_a_term_a_slice_and_an_error(
        self, graded: Graded, function: str, numbers: dict[str, str]
    ) -> None:
        """Where the answers to other cases prove it."""
        found = named(graded, function)
        assert (found["kind"], found["evidence"]["numbers"]) == ("hard_coded", numbers)
        assert (
            f"you wrote {' and '.join(f'{typed} instead of {size}' for typed, size in numbers.items())}"
            in found["message"]
        )

    def test_a_number_need_not_be_typed_where_state_can_be_kept(self, graded: Graded) -> None:
        """The first call's tensor has the given sizes as well."""
        kept = "KEPT = {}\ndef dhpreact(dh, h):\n    KEPT.setdefault('slope', 1 - h**2)\n    return KEPT['slope']*dh\n"
        found = graded(kept, only=("dhpreact",))["dhpreact"].diagnosis
        assert found is not None
        assert "you wrote" not in found["message"]
        assert "it uses 64 instead of" in found["message"]

    def test_if_no_hard_coded_size_is_found_every_explanation_is_offered(self, graded: Graded) -> None:
        """The number is right for the given case only, and no size is in it."""
        body = "return dlogprobs/probs if n == FEW else dlogprobs*probs"
        source = f"FEW = 32\ndef dprobs(dlogprobs, probs, n):\n    {body}\n"
        found = graded(source, only=("dprobs",))["dprobs"].diagnosis
        assert found is not None
        assert (found["kind"], found["evidence"]["cause"]) == ("hard_coded", "open")
        assert "leave three explanations: a size or a value of the forward pass is hard-coded" in found["message"]
        assert f"or {KEEPS}, or {CHANCE}" in found["message"]

    def test_of_single_numbers_only_what_is_short_is_said(self, neuron: Callable[[str], Row]) -> None:
        """An identity in e makes both of them the right formula with a change in one place, and a factor."""
        for function, said in {
            "de(do, e): return 2*do/(e + 1)": "right except for a factor of (e + 1)",
            "de(do, o): return do*(1 - o**2)": "no single known mistake explains your de",
        }.items():
            found = neuron(f"def {function}\n").diagnosis
            assert found is not None
            assert said in found["message"]

    def test_an_upstream_gradient_that_changes_nothing_is_named(self, graded: Graded) -> None:
        """This is certain without any identity, because it was tested."""
        found = named(graded, "dhpreact(dh, h): return torch.cos(h*3 + 1)*(h > 0.1) + h**3")
        assert found["kind"] == "upstream_unused"
        assert "takes dh, but its result does not depend on dh" in found["message"]

    def test_a_value_changed_in_place_is_given_as_the_cause(self, graded: Graded) -> None:
        """Two names for one tensor: both shares end up in both."""
        source = """
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    first = dprobs
    second = dprobs
    first *= counts_sum_inv
    second += dcounts_sum
    return first + second
"""
        row = graded(source, only=("dcounts",))["dcounts"]
        assert row.diagnosis is not None
        assert row.diagnosis["kind"] == "aliasing"
        assert "changes dprobs in place" in row.diagnosis["message"]

    def test_no_message_contains_the_worked_line(self, graded: Graded, solution_source: str) -> None:
        """It says what to look at, not what to write."""
        lines = [line.strip().removeprefix("return ") for line in solution_source.splitlines() if "return" in line]
        for function, _, _ in MISTAKES:
            message = named(graded, function)["message"]
            forward = message.partition("`")[2].partition("`")[0]
            for line in lines:
                assert len(line) < 12 or line not in message.replace(forward, "")

    def test_hidden_sizes_stay_hidden(self, graded: Graded) -> None:
        """Shapes in a message are those of the given case."""
        block = "def dprobs(dlogprobs, probs):\n    return (dlogprobs/probs).T\n"
        row = graded(block, only=("dprobs",), hidden_seed=7)["dprobs"]
        assert row.diagnosis is not None
        assert "[32, 27]" in row.diagnosis["message"]

    @pytest.mark.parametrize(
        ("function", "said"),
        [
            (
                "dprobs(dlogprobs, probs, n): return dlogprobs/probs/n",
                "is 1/n times the right gradient (1/32 at your sizes)",
            ),
            (
                "dcounts_sum_inv(dprobs, counts): return (counts*dprobs).mean(1)",
                "a factor of 1/probs.shape[1] (1/27 at your sizes) and its shape",
            ),
            ("dbndiff2(dbnvar): return dbnvar", "with an extra factor of (n-1) (31 at your sizes)"),
            (
                "dhprebn(dbndiff, dbnmeani, n): return dbndiff + dbnmeani.expand(n, -1)",
                "has an extra factor of n (32 at your sizes)",
            ),
            ("dprobs(dlogprobs, probs): return 3*dlogprobs/probs", "is 3 times the right gradient in every case"),
        ],
    )
    def test_a_factor_made_of_sizes_comes_with_its_value_at_the_given_ones(
        self, graded: Graded, function: str, said: str
    ) -> None:
        """The values are those of the learner's own minibatch; a plain number has none."""
        assert said in named(graded, function)["message"]

    def test_a_factor_s_value_is_never_that_of_hidden_sizes(self, graded: Graded) -> None:
        """The name holds for all sizes, the value for the given ones."""
        block = "def dprobs(dlogprobs, probs, n):\n    return dlogprobs/probs/n\n"
        row = graded(block, only=("dprobs",), hidden_seed=7)["dprobs"]
        assert row.diagnosis is not None
        assert "(1/32 at your sizes)" in row.diagnosis["message"]

    def test_a_maximum_along_another_dimension_is_not_called_a_sum(self, graded: Graded) -> None:
        """The rule applies to sums, means and maxima."""
        source = (
            "dlogits(dnorm_logits, dlogit_maxes, logits): "
            "return dnorm_logits + F.one_hot(logits.max(0).indices, logits.shape[0]).T*dlogit_maxes"
        )
        message = named(graded, source)["message"]
        assert "the largest entry along dimension 0" in message
        assert "A sum" not in message


class TestEvidence:
    """The facts behind a diagnosis."""

    @pytest.mark.parametrize("function", [m[0] for m in MISTAKES[:12]], ids=[m[1] for m in MISTAKES[:12]])
    def test_is_plain_json(self, graded: Graded, function: str) -> None:
        """No tensors and no NaN, as the report requires."""
        found = named(graded, function)
        assert json.loads(json.dumps(found, allow_nan=False)) == found

    def test_counts_the_cases_that_an_identity_was_verified_on(self, graded: Graded) -> None:
        """The given one and the further ones, except the one with extreme inputs."""
        found = named(graded, "dprobs(dlogprobs, probs): return -dlogprobs/probs")
        assert found["evidence"]["verified_cases"] == 3

    def test_is_the_same_every_time(self, graded: Graded) -> None:
        """The search is limited by a count, never by a clock."""
        function = "dhprebn(dhpreact, bngain, bnvar_inv): return bngain*bnvar_inv*torch.tanh(dhpreact)"
        assert named(graded, function) == named(graded, function)

    def test_beyond_the_limit_nothing_more_is_tried(self, graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
        """The mistake is then unknown, never guessed."""
        function = "dhpreact(dh, h): return (1 - h**3)*dh"
        assert named(graded, function)["kind"] == "wrong_power"
        for limit in ("MOST", "MORE", "FEW"):
            monkeypatch.setattr(f"grader.diagnosis.facts.{limit}_OPERATIONS", 0)
        assert named(graded, function)["kind"] == "unknown"

    def test_an_empty_answer_is_not_compared(self, graded: Graded) -> None:
        """The verdict says what is wrong with its shape."""
        assert named(graded, "dprobs(dlogprobs, probs): return (dlogprobs/probs)[:0]")["kind"] == "unknown"

    def test_is_absent_for_correct_rows(self, graded: Graded) -> None:
        """Nothing to explain."""
        assert all(row.diagnosis is None for row in graded(only=("dprobs", "dC")).values())


class TestInternalErrors:
    """A diagnosis that fails is an internal error, not the learner's mistake."""

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the search fail."""

        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError("on purpose")

        monkeypatch.setattr("grader.diagnosis.diagnose.search", broken)

    def test_fail_the_tests(self, graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
        """Warnings are errors in the tests."""
        self.break_it(monkeypatch)
        with pytest.raises(DiagnosisFailed, match="dprobs could not be explained: ZeroDivisionError"):
            graded("def dprobs(dlogprobs, counts):\n    return dlogprobs/counts\n", only=("dprobs",))

    def test_leave_the_verdict_alone_and_are_reported_to_the_learner(
        self, graded: Graded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The grade does not depend on the diagnosis."""
        self.break_it(monkeypatch)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DiagnosisFailed)
            row = graded("def dprobs(dlogprobs, counts):\n    return dlogprobs/counts\n", only=("dprobs",))["dprobs"]
        assert row.verdict == "wrong_values"
        assert row.diagnosis is not None
        assert "an internal error of the grader" in row.diagnosis["message"]


def gradient_exercises() -> list[str]:
    """Every installed exercise that is graded gradient by gradient."""
    return [name for name in list_exercises() if load_exercise(name).kind == "gradients"]


class TestDerivedFormulas:
    """The right formulas, derived from each forward pass."""

    @pytest.mark.parametrize("name", gradient_exercises())
    def test_are_the_gradient_of_every_variable(self, name: str) -> None:
        """The shares of a variable add up to its cut gradient."""
        exercise = load_exercise(name)
        case = Case(exercise, LECTURE_SEED + 1, exercise.sizes[0])
        numbers = Numbers(case.graph.values, case.cut(tuple(case.cotangents)).total, exercise.module.__dict__)
        deriver = Deriver(exercise, numbers)
        for variable in exercise.graded:
            shares = [numbers.tensor(path.node) for path in deriver.by_line(variable)]
            total = sum((share for share in shares if share is not None), torch.zeros((), dtype=torch.float64))
            expected = case.cut(tuple(case.cotangents)).cut(variable)
            assert float((total - expected).abs().max()) <= 1e-9 * max(
                case.cut(tuple(case.cotangents)).scale(variable), 1e-300
            ), variable

    def test_are_dropped_before_many_choices_of_upstream_gradients_fill_the_memory(
        self, mlp_cases: Cases, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every choice has its own formulas."""
        monkeypatch.setattr("grader.diagnosis.facts.MOST_DERIVED", 100)
        used = set()
        for name in itertools.takewhile(lambda _: len(used) < 3, sorted(mlp_cases.given.cotangents)):
            deriver = deriver_of(mlp_cases)
            assert deriver.numbers.computed <= 100
            deriver.to_upstream("C", frozenset({name}))
            used.add(deriver)
        assert len(used) == 3

    def test_an_operation_without_a_rule_is_left_to_autograd(self, tmp_path: Path) -> None:
        """An unknown operation is one step; what is inside it is taken apart."""
        folder = tmp_path / "odd"
        folder.mkdir()
        (folder / "exercise.toml").write_text('title = "odd"\n', encoding="utf-8")
        (folder / "forward.py").write_text(
            "import torch\n"
            "GRADED = ['y', 'x']\nSIZES = [{'n': 5}]\n"
            "def inputs(seed, n=6):\n"
            "    g = torch.Generator().manual_seed(seed)\n"
            "    return {'x': torch.randn(n, n + 1, generator=g), 'cot': torch.randn(n, n + 1, generator=g)}\n"
            "def forward(x, cot):\n"
            "    y = torch.special.erf(2*x).cumsum(1)\n"
            "    loss = (y * cot).sum()\n"
            "    return locals()\n",
            encoding="utf-8",
        )
        exercise = Exercise(folder)
        case = Case(exercise, 1, {"n": 5})
        numbers = Numbers(case.graph.values, case.cut(tuple(case.cotangents)).total, exercise.module.__dict__)
        (path,) = Deriver(exercise, numbers).by_line("x")
        share = numbers.tensor(path.node)
        assert share is not None
        assert torch.allclose(share, case.cut(tuple(case.cotangents)).cut("x"))


@pytest.mark.slow
class TestCatalogue:
    """The labeled mistakes of mlp, as `benchmarks/diagnosis.py table` counts them."""

    def test_at_least_97_percent_are_named_correctly(self, mlp_cases: Cases) -> None:
        """By the same kind, or by one that the benchmark lists as equivalent."""
        sys.path.insert(0, str(ROOT / "benchmarks"))
        try:
            from diagnosis import count_catalogue
        finally:
            sys.path.remove(str(ROOT / "benchmarks"))
        tallies, _ = count_catalogue(["mlp"])
        total = sum(t.total for t in tallies.values())
        assert sum(t.same + t.also for t in tallies.values()) >= 0.97 * total
        assert sum(t.other for t in tallies.values()) <= 0.02 * total
