"""What may have been meant."""

from __future__ import annotations

from grader.exercise.nearest import LIKE_TYPED, did_you_mean, nearest, unknown


def test_the_nearest_name_is_the_most_alike() -> None:
    """Nothing, if none is."""
    assert nearest("dbndif", ["dbnraw", "dbndiff", "dbndiff2"]) == "dbndiff"
    assert nearest("zzz", ["dbnraw"]) == nearest("x", []) == ""


def test_a_name_on_the_command_line_may_be_less_alike() -> None:
    """One slip is half of a short word."""
    assert (nearest("runs", ["rnn"]), nearest("runs", ["rnn"], LIKE_TYPED)) == ("", "rnn")


def test_without_a_likely_name_all_are_listed() -> None:
    """Unless there is something better to say."""
    assert did_you_mean("mpl", ["rnn", "mlp"]) == "Did you mean mlp?"
    assert did_you_mean("zz", ["rnn", "mlp"]) == "There are: rnn, mlp."
    assert did_you_mean("zz", []) == "There are: none."
    assert did_you_mean("zz", ["mlp"], "Ask for a forward value.") == "Ask for a forward value."


def test_a_word_that_names_nothing_is_one_sentence_or_two() -> None:
    """What was asked for comes first."""
    assert unknown("mpl", iter(["mlp"]), "exercise") == "there is no exercise mpl. Did you mean mlp?"
    assert unknown("zz", ["mlp"], "exercise") == "there is no exercise zz. There are: mlp."
