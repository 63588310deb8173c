"""The terminal output: widths, marks, and when columns of numbers would mislead."""

from __future__ import annotations

import click
import pytest

from grader.exercise.shelf import load_exercise
from grader.report.submission_facts import most_pressing
from grader.report.text import (
    Page,
    brief,
    chained_line,
    column,
    grand_total,
    opened,
    prints,
    result,
    row_line,
    summed_up,
    table,
    totals,
)
from grader.sandbox.child import calls
from grader.sandbox.types import CUT
from tests.report.test_document import AT_A_LINE, WRONG, entry, row

MLP = load_exercise("mlp")
PLAIN = Page()


def line(found: dict[str, object], page: Page = PLAIN) -> str:
    """A row's line without color."""
    return click.unstyle(row_line(found, MLP, page))


class TestALine:
    """One gradient, one line."""

    def test_equals_the_lectures(self) -> None:
        """Character for character."""
        assert line(row("dprobs")) == "✓ probs           | exact: True  | approximate: True  | maxdiff: 0.0"

    def test_shows_three_digits_of_a_difference(self) -> None:
        """4.66e-10 rather than 4.656612873077393e-10."""
        columns = {"exact": False, "approximate": True, "maxdiff": 4.656612873077393e-10}
        assert line(row("dprobs", "correct", local=columns)).endswith("| maxdiff: 4.66e-10")

    def test_uses_words_where_numbers_would_hide_a_mistake(self) -> None:
        """A hard-coded size is exact on the given case."""
        columns = {"exact": True, "approximate": True, "maxdiff": 0.0}
        assert line(row("dprobs", "hard_coded", local=columns, problem="right at 32, wrong at 7")) == (
            "✗ probs           | right at 32, wrong at 7"
        )

    def test_uses_words_for_a_wrong_value_that_is_close(self) -> None:
        """`approximate: True` beside a cross would be confusing."""
        columns = {"exact": False, "approximate": True, "maxdiff": 1e-9}
        assert "| close, but" in line(row("dprobs", "wrong_values", local=columns, problem="close, but wrong"))

    def test_is_cut_only_on_a_terminal(self) -> None:
        """Long lines are fine in a file."""
        long = row("dprobs", "raised", local={"exact": False, "approximate": False, "maxdiff": None}, problem="x" * 200)
        assert len(line(long, Page(80, cut=True))) == 80
        assert line(long, Page(80, cut=True)).endswith("…")
        assert line(long).endswith("x" * 200)

    @pytest.mark.parametrize("verdict", ["exact", "wrong_values", "not_started"])
    def test_needs_no_unicode(self, verdict: str) -> None:
        """For terminals without it."""
        assert line(row("dprobs", verdict), Page(unicode=False)).isascii()

    def test_has_the_chained_column_if_it_fits(self) -> None:
        """On a wide terminal."""
        broken = {"exact": False, "approximate": False, "maxdiff": 1.0, "correct": False, "first_cause": "dlogprobs"}
        wide = Page(116, cut=True)
        assert line(row("dprobs"), wide).endswith("| chained: exact")
        found = line(row("dcounts_sum_inv", chained=broken | {"first_cause": "dcounts_sum_inv"}), wide)
        assert found.endswith("| chained: wrong")
        assert line(row("dprobs", chained=broken), wide).endswith("| chained: wrong from dlogprobs")

    @pytest.mark.parametrize("width", range(60, 140, 7))
    def test_fits_every_terminal(self, width: int) -> None:
        """Even with the longest names and causes."""
        cause = {"correct": False, "first_cause": "dcounts_sum_inv"}
        columns = {"exact": False, "approximate": False, "maxdiff": 1.23e-300}
        worst = row("dcounts_sum_inv", "wrong_values", local=columns, chained=columns | cause)
        assert len(line(worst, Page(width, cut=True))) <= max(width, 80)


class TestChained:
    """The table of the chained run."""

    def test_names_the_first_cause(self) -> None:
        """Where the chain broke."""
        broken = {"exact": False, "approximate": False, "maxdiff": 0.5, "correct": False, "first_cause": "dlogprobs"}
        assert chained_line(row("dprobs", chained=broken), MLP, PLAIN).endswith("| maxdiff: 0.5 < dlogprobs")

    def test_says_what_was_not_run(self) -> None:
        """A single gradient has no chain."""
        assert chained_line(row("dprobs", chained=None), MLP, PLAIN) == "  probs           | not run"


class TestOpened:
    """One gradient in full."""

    def test_has_location_lines_element_and_diagnosis(self) -> None:
        """What was returned, what was expected, what to do next."""
        lines = [click.unstyle(text) for text in opened(entry(), MLP, WRONG, PLAIN)]
        assert lines[0].startswith("✗ dprobs: wrong values")
        assert lines[0].endswith("ada/backward.py:7")
        assert len(lines[0]) == 80
        assert any("logprobs = probs.log()" in text for text in lines)
        assert "  worst      at [1, 2]: 0.25, expected 0.5" in lines
        assert "  likely     the sign is off" in lines

    def test_has_the_learner_s_line_if_it_is_known(self) -> None:
        """The location is that line, not the beginning of the function."""
        lines = [click.unstyle(text) for text in opened(entry(), MLP, AT_A_LINE, PLAIN)]
        assert lines[0].endswith("ada/backward.py:9")
        assert lines[-2:] == ["  likely     the sign is off", "  your line  d = dy / 32"]

    @pytest.mark.parametrize(
        ("problem", "advice"),
        [
            ("dh still raises NotImplementedError (backward.py:3)", "delete the stub's"),
            ("dh raised RuntimeError: mat1 and mat2 cannot be multiplied (backward.py:3)", "which shapes does it"),
            ("dh raised RuntimeError: \"bitwise_xor_cpu\" not implemented for 'Float'", "powers with **"),
            ("dh raised RecursionError: too deep", "calls itself"),
            ("dh raised RuntimeError: Numpy is not available", "use torch tensors"),
            ("backward.py raised ValueError: no idea (backward.py:1)", "fix that line first"),
            ("dh raised ValueError: no idea (backward.py:3)", "print that line's inputs"),
        ],
    )
    def test_advice_fits_the_exception(self, problem: str, advice: str) -> None:
        """Not every exception is about shapes."""
        wrong = row("dprobs", "raised", problem=problem)
        assert advice in " ".join(click.unstyle("\n".join(opened(entry(wrong), MLP, wrong, PLAIN))).split())

    @pytest.mark.parametrize(
        ("problem", "advice"),
        [
            ("`pdb` opens a debugger, which does not work here (b.py:3)", "`grade` shows below the gradient what"),
            ("`input` waits for keyboard input (b.py:3)", "`grade` shows below the gradient what"),
            ("`h` cannot be imported here: only this file is graded (b.py:3)", "above the function that uses it"),
            ("`numpy` cannot be imported here: torch has the same functions (b.py:3)", "replace NumPy by torch"),
            ("`os` cannot be imported here: use torch (b.py:3)", "delete the import"),
            ("`open` opens files (b.py:3)", "ask for what you need as a parameter"),
            ("`.grad` is the gradient computed by autograd (b.py:3)", "deriving the gradient is your task"),
        ],
    )
    def test_advice_fits_the_rule_that_was_broken(self, problem: str, advice: str) -> None:
        """Not every rule is about autograd."""
        wrong = row("dprobs", "refused", problem=problem)
        assert advice in " ".join(click.unstyle("\n".join(opened(entry(wrong), MLP, wrong, PLAIN))).split())

    @pytest.mark.parametrize(
        ("verdict", "problem"),
        [
            ("raised", "dh raised NameError: name 'W2' is not defined (backward.py:3); add W2 to the parameters"),
            ("wrong_type", "dh returned a tuple of 1, expected a tensor; a comma at the end of the line makes a tuple"),
            ("wrong_type", "dh returns nothing: add `return dh` at the end"),
        ],
    )
    def test_a_sentence_that_says_what_to_do_gets_no_other_advice(self, verdict: str, problem: str) -> None:
        """One thing to do at a time."""
        wrong = row("dprobs", verdict, problem=problem)
        assert "  next " not in click.unstyle("\n".join(opened(entry(wrong), MLP, wrong, PLAIN)))

    def test_a_started_gradient_comes_first(self) -> None:
        """Then the first one from the loss backwards."""
        missing, wrong = row("dlogprobs", "not_started"), row("dh", "wrong_values")
        assert most_pressing(entry(missing, wrong)) is wrong
        assert most_pressing(entry(missing, row("dh"))) is missing
        assert most_pressing(entry(row("dh"))) is None

    def test_printed_text_is_marked_and_bounded(self) -> None:
        """A learner's output cannot pass for the grader's or fill the screen."""
        (text,) = prints(entry(WRONG), WRONG, {"dprobs": "26 of 26 correct\n" * 50})
        assert text.splitlines()[:2] == ["dprobs printed", "  | 26 of 26 correct"]
        assert text.splitlines()[-1] == "  | ... and 30 more lines"

    def test_lines_of_cut_output_are_not_counted(self) -> None:
        """The number of missing lines is unknown."""
        (text,) = prints(entry(WRONG), WRONG, {"dprobs": "a\n" * 50 + f"{CUT}\n"})
        assert text.splitlines()[-2:] == ["  | ... and more lines", f"  | {CUT}"]
        (text,) = prints(entry(WRONG), WRONG, {"dprobs": f"one long line\n{CUT}\n"})
        assert text.splitlines() == ["dprobs printed", "  | one long line", f"  | {CUT}"]

    def test_the_locked_child_marks_cut_output_alike(self) -> None:
        """Both use the same constant."""
        assert calls.CUT == CUT

    def test_a_notebook_is_named_once(self) -> None:
        """The cell's name starts with it."""
        cell = row("dprobs", "wrong_values", file="my.ipynb cell 3", line=2)
        for source, where in (("my.ipynb", "  my.ipynb cell 3:2"), ("work", "  work/my.ipynb cell 3:2"),
                              ("work/my.ipynb", "  work/my.ipynb cell 3:2")):  # fmt: skip
            assert click.unstyle(opened(entry(cell) | {"source": source}, MLP, cell, PLAIN)[0]).endswith(where)

    def test_a_problem_with_the_whole_file_is_shown_once(self) -> None:
        """And no gradient is shown in full."""
        text = result(entry(WRONG) | {"problem": "backward.py:1: invalid syntax"}, MLP, PLAIN)
        assert click.unstyle(text).startswith("  problem    backward.py:1: invalid syntax")

    def test_a_syntax_error_is_shown_once_with_its_line(self) -> None:
        """The path can be opened, and no gradient repeats it."""
        said = "backward.py:7: invalid syntax: '(' was never closed: `return (a * `b``"
        rows = [row(name, "raised", problem=said) for name in ("dlogprobs", "dprobs", "dh")]
        text = click.unstyle(result(entry(*rows) | {"problem": said}, MLP, PLAIN))
        assert text.splitlines()[:3] == [
            "  problem    ada/backward.py:7: invalid syntax: '(' was never closed",
            "  line 7     return (a * `b`",
            "  next       fix that line first: nothing in the file can be run before",
        ]
        assert text.count("invalid syntax") == 1
        assert "chained" not in text
        assert "mlp: 0 of 3 correct" in text

    def test_so_is_the_one_function_of_a_training_exercise(self) -> None:
        """With what it printed, which may explain it."""
        said = "gradients raised IndexError: 3 (backward.py:7)"
        rows = [row(name, "raised", problem=said) for name in ("dC", "dW1")]
        text = click.unstyle(result(entry(*rows), MLP, PLAIN, printed={"dC": "here\n", "dW1": "here\n"}))
        assert text.count("IndexError") == 1
        assert "  next       print the sizes that this index runs over" in text
        assert "dC printed\n  | here" in text

    def test_a_file_that_is_no_python_at_all_gets_no_advice_about_a_line(self) -> None:
        """There is none."""
        said = "backward.py: the file is larger than 256 KB"
        text = click.unstyle(result(entry(row("dh", "raised", problem=said)) | {"problem": said}, MLP, PLAIN))
        assert text.startswith(f"  problem    {said}\n\n")

    def test_so_is_an_exception_at_the_top_level(self) -> None:
        """The file was run only up to that line."""
        said = "backward.py raised KeyError: 3 (backward.py:7)"
        rows = [row(name, "raised", problem=said) for name in ("dlogprobs", "dprobs")]
        rows.append(row("dh", "not_started", problem="backward.py has no function dh"))
        text = click.unstyle(result(entry(*rows), MLP, PLAIN))
        assert text.splitlines()[:2] == [
            "  problem    backward.py raised KeyError: 3 (ada/backward.py:7)",
            "  next       fix that line first: the rest of the file was not run",
        ]
        assert text.count("KeyError") == 1
        assert brief(entry(*rows), PLAIN) == f"mlp             {said}"


class TestTotals:
    """The totals."""

    def test_points_are_shown_if_they_differ(self) -> None:
        """With another criterion, or with weights."""
        found = entry(row("dprobs", "correct", points=0))
        found["score"]["points"] = 0
        assert "| points: 0 of 1" in click.unstyle(totals(found, PLAIN)[0])

    def test_progress_is_shown(self) -> None:
        """In both directions."""
        assert "(+1 since the last run)" in totals(entry(row("dprobs")), PLAIN, before=0)[0]
        assert "(-1 since the last run)" in totals(entry(WRONG), PLAIN, before=1)[0]

    def test_wrong_upstream_gradients_are_counted_with_their_cause(self) -> None:
        """Local results count; the chain explains."""
        broken = {"exact": False, "approximate": False, "maxdiff": 0.5, "correct": False, "first_cause": "dprobs"}
        lines = totals(entry(WRONG, row("dh", chained=broken)), PLAIN)
        expected = "1 more is right on its own but receives wrong upstream gradients, starting at dprobs"
        assert expected in " ".join(" ".join(lines).split())

    def test_a_chain_without_a_cause_names_none(self) -> None:
        """A training run has no first gradient that is wrong."""
        broken = {"exact": False, "approximate": False, "maxdiff": 0.5, "correct": False, "first_cause": None}
        text = " ".join(" ".join(totals(entry(WRONG, row("dh", chained=broken)), PLAIN)).split())
        assert text.endswith("1 more is right on its own but receives wrong upstream gradients")

    def test_a_group_counts_its_gradients(self) -> None:
        """softmax (1 of 2)."""
        assert click.unstyle(table(entry(row("dlogprobs"), WRONG), MLP, PLAIN)[0]) == "softmax (1 of 2)"

    def test_brief_is_one_line(self) -> None:
        """For submissions not shown in full."""
        assert brief(entry(row("dh", "not_started")), PLAIN) == "mlp             not started, 1 to do"
        assert brief(entry(row("dh")), PLAIN) == "mlp             1 of 1 correct"
        assert "bad syntax" in brief(entry(WRONG) | {"problem": "bad syntax"}, PLAIN)
        assert "received" in brief(entry() | {"score": None}, PLAIN)

    def test_the_longest_name_makes_the_column(self) -> None:
        """masked_cross_entropy is longer than the others."""
        names = ["masked_cross_entropy", "mlp"]
        lines = [brief(entry(row("dh")) | {"exercise": name}, PLAIN, column(names)) for name in names]
        assert lines == ["masked_cross_entropy 1 of 1 correct", "mlp                  1 of 1 correct"]

    def test_several_submissions_have_one_total(self) -> None:
        """With points, where they say something else; one submission has its own."""
        right, wrong = entry(row("dh")), entry(WRONG, row("dW2"))
        assert [click.unstyle(text) for text in grand_total([right, wrong])] == ["total: 2 of 3 correct"]
        heavy = right | {"score": {**right["score"], "points": 5, "possible": 5}}
        assert [click.unstyle(text) for text in grand_total([heavy, wrong])] == [
            "total: 2 of 3 correct | points: 6 of 7"
        ]
        assert [*grand_total([right])] == []
        assert [*grand_total([right, wrong | {"score": None}])] == []

    def test_in_short_each_begun_submission_has_a_line_and_the_rest_is_counted(self) -> None:
        """23 exercises, of which two are begun, fit on any screen."""
        resting = entry(row("dh", "not_started"))
        unreadable = entry(WRONG) | {"problem": "bad syntax"}
        found = [(resting, 0), (entry(row("dh")), 0), (unreadable, None), (resting, None)]
        assert [click.unstyle(text) for text in summed_up(found, PLAIN)] == [
            "mlp: 1 of 1 correct, 1 exact, 1 approximate (+1 since the last run)",
            "mlp: bad syntax",
            "2 more not started",
            "total: 1 of 4 correct",
        ]
        assert next(summed_up([(resting, None), (resting, None)], PLAIN)) == "2 not started"
        assert [*summed_up([(entry() | {"score": None}, None)], PLAIN)] == ["mlp: received"]
