"""Suggestions for mistyped names."""

from __future__ import annotations

from grader.exercise.nearest import LIKE_TYPED, did_you_mean, nearest, unknown


def test_the_nearest_name_is_the_most_similar() -> None:
    """Empty if none is similar."""
    assert nearest("dbndif", ["dbnraw", "dbndiff", "dbndiff2"]) == "dbndiff"
    assert nearest("zzz", ["dbnraw"]) == nearest("x", []) == ""


def test_a_name_on_the_command_line_may_be_less_similar() -> None:
    """One typo is half of a short word."""
    assert (nearest("runs", ["rnn"]), nearest("runs", ["rnn"], LIKE_TYPED)) == ("", "rnn")


def test_without_a_likely_name_all_are_listed() -> None:
    """Unless another sentence is given."""
    assert did_you_mean("mpl", ["rnn", "mlp"]) == "Did you mean mlp?"
    assert did_you_mean("zz", ["rnn", "mlp"]) == "Available: rnn, mlp."
    assert did_you_mean("zz", []) == "Available: none."
    assert did_you_mean("zz", ["mlp"], "Ask for a forward value.") == "Ask for a forward value."


def test_an_unknown_word_is_reported_with_a_suggestion() -> None:
    """The word comes first."""
    assert unknown("mpl", iter(["mlp"]), "exercise") == "there is no exercise mpl. Did you mean mlp?"
    assert unknown("zz", ["mlp"], "exercise") == "there is no exercise zz. Available: mlp."
