"""A class's rules: due dates, lateness, attempts and final points."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.policy.class_policy import ClassPolicy, Due, Penalty, class_policy, later, shown
from grader.classroom.policy.counting import TimedAttempt, counting
from grader.classroom.policy.figures import in_figures, rounded
from grader.classroom.policy.lateness import Late, final_points, late_days, lateness
from grader.classroom.policy.people import entries_of
from grader.classroom.policy.rows import SubmittedRow, apply_policy
from grader.exercise.class_tables import AttemptRule
from grader.exercise.course import read_course
from grader.exercise.forward import BrokenExercise

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = 'name = "Deep Learning"\nversion = "2026.1"\n'
CLASS = '[class]\ntimezone = "Europe/Berlin"\n'
TEN = Penalty(share=Fraction(1, 10))


def rules(folder: Path, text: str) -> ClassPolicy:
    """The rules of a course.toml that says this."""
    (folder / "course.toml").write_text(HEAD + text)
    return class_policy(read_course(folder / "course.toml"))


def moment(text: str) -> datetime:
    """A time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def due(text: str = "2026-03-01 23:59", **more: object) -> Due:
    """A due date in Berlin, 10% off for a late day."""
    return Due(moment(text), **{"penalty": TEN, **more})  # type: ignore[arg-type]


class TestReading:
    """course.toml."""

    def test_a_due_date_may_be_a_time_of_toml_a_text_or_a_date(self, tmp_path: Path) -> None:
        """A date alone ends with its day; a time with an offset is the same moment in the class's zone."""
        policy = rules(
            tmp_path,
            f"{CLASS}[due]\na = 2026-03-01T12:00:00\nb = '2026-03-01 12:00'\nc = 2026-03-01\n"
            "d = 2026-03-01T12:00:00Z\n",
        )
        shown_as = {name: shown(each.due) for name, each in policy.dues.items()}
        assert shown_as == {
            "a": "2026-03-01 12:00 CET",
            "b": "2026-03-01 12:00 CET",
            "c": "2026-03-01 23:59 CET",
            "d": "2026-03-01 13:00 CET",
        }

    def test_an_exercise_takes_what_the_class_says_unless_it_says_otherwise(self, tmp_path: Path) -> None:
        """Grace, penalty and the most late days."""
        text = (
            f'{CLASS}grace = "10m"\npenalty = "10%"\n[due]\nrnn = 2026-04-01\n'
            "[due.mlp]\ndue = 2026-03-01\npenalty = 2\n"
        )
        policy = rules(tmp_path, text)
        assert policy.dues["rnn"].penalty == TEN
        assert policy.dues["mlp"].penalty == Penalty(points=Fraction(2))
        assert policy.dues["mlp"].grace == timedelta(minutes=10)

    def test_the_example_of_the_documentation_is_a_course(self, tmp_path: Path) -> None:
        """With every table."""
        page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "course-toml.md"
        (tmp_path / "course.toml").write_text(
            page.read_text("utf-8").split("```toml\n")[1].split("```")[0].replace("numpy", "math")
        )
        policy = class_policy(read_course(tmp_path / "course.toml"))
        own = policy.due_for("mlp", ["jane@uni.edu"])
        assert own is not None
        assert (shown(own.due), own.penalty.points) == ("2026-03-03 23:59 CET", 2)
        assert (policy.slip, policy.grades.drop_lowest) == ({"jdoe": 4}, 1)

    def test_without_a_course_nothing_is_late(self) -> None:
        """And the last attempt before no deadline at all is the last one."""
        assert class_policy(None).due_for("mlp") is None

    def test_an_extension_is_a_new_date_or_how_much_longer(self, tmp_path: Path) -> None:
        """It never makes a deadline earlier, and the last moment moves along."""
        text = (
            f"{CLASS}slip_days = 1\n[due.mlp]\ndue = 2026-03-01\nuntil = 2026-03-02\n[slip]\njdoe = 4\n"
            '[extensions.jdoe]\nmlp = "3d"\n[extensions."jane@uni.edu"]\nmlp = 2026-02-01\n'
        )
        policy = rules(tmp_path, text)
        own = policy.due_for("mlp", ["jdoe"])
        other = policy.due_for("mlp", ["jane@uni.edu"])
        assert own is not None
        assert other is not None
        assert (shown(own.due), own.until, own.slip_days, own.extended) == ("2026-03-04 23:59 CET", own.due, 4, True)
        assert (shown(other.due), other.slip_days, other.extended) == ("2026-03-01 23:59 CET", 1, False)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (
                "[due]\nmlp = 2026-03-01\n",
                "course.toml:4: 2026-03-01 23:59 needs a time zone: add [class] with timezone",
            ),
            (
                '[class]\ntimezone = "Europe/Berln"\n',
                "4: there is no timezone 'Europe/Berln'. Did you mean Europe/Berlin?",
            ),
            ('[class]\ntimezone = "x/../y"\n', "4: there is no timezone 'x/../y'."),
            (f"{CLASS}[due]\nmlp = '1 March'\n", '6: mlp must be a time such as mlp = "2026-03-01 23:59", or a date'),
            (f"{CLASS}[due]\nmlp = 2026-03-29T02:30:00\n", "6: 2026-03-29 02:30 does not exist in Europe/Berlin"),
            (f"{CLASS}[due.mlp]\nuntil = 2026-03-01\n", "5: due is missing: say when the exercise is due"),
            (
                f"{CLASS}[due.mlp]\ndue = 2026-03-02\nuntil = 2026-03-01\n",
                "7: until is 2026-03-01 23:59 CET, before the due date 2026-03-02 23:59 CET",
            ),
            (f"{CLASS}grace = 10\n", '5: grace must be a duration such as grace = "10m", "2h" or "1d", not 10'),
            (f'{CLASS}penalty = "110%"\n', "5: penalty is '110%'; it must be what each late day costs"),
            (
                f"{CLASS}attempts = 'first'\n",
                "attempts is 'first'; it must be one of latest-before-deadline, best, last",
            ),
            (f"{CLASS}attempt = 'best'\n", "5: unknown key 'attempt'; did you mean 'attempts'?"),
            (f"{CLASS}slip_days = -1\n", "5: slip_days is -1; it must be 0 or more"),
            ("[slip]\njdoe = '2'\n", "4: jdoe must be of type int, not str"),
            ("[extensions.jdoe]\nmlp = 'long'\n", "4: mlp must be the new due date such as"),
            (
                f"{CLASS}[due]\nmlp = 2026-03-01\n[extensions.jdoe]\nmpl = '1d'\n",
                "8: [extensions] gives jdoe more time for mpl, which has no due date. Did you mean mlp?",
            ),
            ("[grades]\nround = 0\n", "4: round must be a number above 0 such as round = 0.5, not 0"),
            ("[grades.weights]\nmlp = -1\n", "4: the weight of mlp must be a number of at least 0, not -1"),
            ("[grades]\ncap = 1\n", "4: cap must be true or false, not 1"),
        ],
    )
    def test_a_mistake_is_reported_with_its_line(self, tmp_path: Path, text: str, sentence: str) -> None:
        """What was found and what was expected."""
        with pytest.raises(BrokenExercise) as caught:
            rules(tmp_path, text)
        assert sentence in str(caught.value)


class TestLateness:
    """One submission."""

    @pytest.mark.parametrize(
        ("at", "days"),
        [
            ("2026-03-01 12:00", 0),
            ("2026-03-01 23:59", 0),
            ("2026-03-01 23:59:01", 1),
            ("2026-03-02 23:59", 1),
            ("2026-03-03 00:00", 2),
            ("2026-03-31 23:59", 30),
        ],
    )
    def test_a_late_day_begins_with_its_first_second(self, at: str, days: int) -> None:
        """And a deadline is the last second in time."""
        assert late_days(moment(at), due()) == days

    def test_a_day_has_23_hours_when_the_clocks_go_forward(self) -> None:
        """One day late ends at the same time of day, whatever the clocks do in the night."""
        assert late_days(moment("2026-03-29 23:59"), due("2026-03-28 23:59")) == 1
        assert late_days(moment("2026-10-25 23:59"), due("2026-10-24 23:59")) == 1
        assert late_days(moment("2026-10-26 00:00"), due("2026-10-24 23:59")) == 2

    def test_an_hour_that_the_clock_shows_twice_ends_the_second_time(self) -> None:
        """The reading that is better for the student."""
        twice = Due(moment("2026-10-25 02:30").replace(fold=1))
        assert late_days(moment("2026-10-25 02:30").replace(fold=1), twice) == 0
        assert late_days(moment("2026-10-25 02:31").replace(fold=1), twice) == 1

    def test_a_late_day_that_ends_in_a_missing_hour_ends_later(self) -> None:
        """02:30 of the 29th is 03:30 on the clock."""
        assert late_days(moment("2026-03-29 03:30"), due("2026-03-28 02:30")) == 1
        assert shown(later(moment("2026-03-28 02:30"), timedelta(days=1))) == "2026-03-29 03:30 CEST"

    def test_a_time_is_compared_across_time_zones(self) -> None:
        """23:00 in New York is the next day in Berlin."""
        at = datetime(2026, 3, 1, 23, 0, tzinfo=ZoneInfo("America/New_York"))
        found = lateness(at, due(), Fraction(26))
        assert found.days == 1
        assert found.sentence.startswith("Handed in 2026-03-02 05:00 CET, due 2026-03-01 23:59 CET: 1 day late")

    def test_grace_costs_nothing_and_is_mentioned(self) -> None:
        """It is added to the end of each late day, too."""
        graceful = due(grace=timedelta(minutes=10))
        found = lateness(moment("2026-03-02 00:09"), graceful, Fraction(26))
        assert (found.days, found.penalty) == (0, 0)
        assert found.sentence.endswith(": in time, within the grace period of 10 minutes.")
        assert late_days(moment("2026-03-03 00:09"), graceful) == 1

    def test_each_late_day_costs_its_share_of_the_possible_points(self) -> None:
        """Two days at 10% of 26."""
        found = lateness(moment("2026-03-03 12:00"), due(), Fraction(26))
        assert found.penalty == Fraction("5.2")
        assert found.sentence.endswith(": 2 days late.")
        assert found.cost == "2 late days cost 10% of 26 points each: 5.2 points off."

    def test_a_penalty_in_points(self) -> None:
        """And never more than the possible points."""
        found = lateness(moment("2026-03-30 12:00"), due(penalty=Penalty(points=Fraction(2))), Fraction(26))
        assert found.penalty == 26
        assert found.cost.endswith("late days cost 2 points each: 26 points off.")

    def test_slip_days_are_used_first(self) -> None:
        """Those used for other exercises are gone."""
        found = lateness(moment("2026-03-03 12:00"), due(slip_days=3), Fraction(20), spent=2)
        assert (found.slip, found.penalty) == (1, 2)
        assert found.cost == "1 slip day used (0 of 3 left). 1 late day costs 10% of 20 points: 2 points off."
        whole = lateness(moment("2026-03-03 12:00"), due(slip_days=3), Fraction(20))
        assert (whole.slip, whole.penalty) == (2, 0)
        assert whole.cost == "2 slip days used (1 of 3 left): no points off."

    def test_without_a_penalty_no_slip_day_is_used(self) -> None:
        """Lateness is stated, and costs nothing."""
        found = lateness(moment("2026-03-03 12:00"), due(penalty=Penalty(), slip_days=3), Fraction(20))
        assert (found.days, found.slip, found.penalty) == (2, 0, 0)
        assert found.cost == "There is no penalty."

    def test_after_the_last_moment_it_is_not_accepted(self) -> None:
        """Slip days do not help."""
        found = lateness(moment("2026-03-04 12:00"), due(until=moment("2026-03-03 23:59"), slip_days=9), Fraction(20))
        assert not found.accepted
        assert found.slip == 0
        assert found.cost == "Not accepted: the last moment was 2026-03-03 23:59 CET."

    def test_more_late_days_than_the_most_are_not_accepted(self) -> None:
        """Two are."""
        assert lateness(moment("2026-03-03 12:00"), due(most_late_days=2), Fraction(20)).accepted
        found = lateness(moment("2026-03-04 12:00"), due(most_late_days=2), Fraction(20))
        assert found.cost == "Not accepted: it may be at most 2 days late."

    def test_an_unknown_time_costs_nothing_and_says_so(self) -> None:
        """Whatever the platform marked."""
        found = lateness(None, due(), Fraction(20), flagged=True)
        assert (found.days, found.penalty, found.in_time) == (None, 0, True)
        assert found.sentence == "The platform marked it as late, but when it was handed in is not known."
        assert found.cost == "So no points are taken off for lateness."
        assert lateness(None, None, Fraction(20)).sentence == ""

    @given(st.integers(0, 10**7), st.integers(0, 9))
    def test_lateness_never_falls_with_time(self, seconds: int, slip: int) -> None:
        """Handing in later never has fewer late days or a smaller penalty."""
        at = due().due + timedelta(seconds=seconds)
        one, other = (lateness(each, due(slip_days=slip), Fraction(26)) for each in (at, at + timedelta(hours=5)))
        assert (one.days or 0) <= (other.days or 0)
        assert one.penalty <= other.penalty <= 26


class TestPoints:
    """After the penalty."""

    def test_points_never_fall_below_zero(self) -> None:
        """And no points stay no points."""
        assert final_points(Fraction(3), Fraction(5)) == 0
        assert final_points(None, Fraction(5)) is None

    @pytest.mark.parametrize(
        ("points", "to", "expected"),
        [
            ("17.25", "0.5", "17.5"),
            ("17.24", "0.5", "17"),
            ("17.5", "1", "18"),
            ("0.1", None, "0.1"),
            ("1/3", None, "0.33"),
        ],
    )
    def test_points_are_rounded_to_the_nearest_step_halves_up(self, points: str, to: str | None, expected: str) -> None:
        """Exactly, unlike floating point."""
        assert in_figures(rounded(Fraction(points), Fraction(to) if to else None)) == expected


def attempt(
    points: int | None, days: int = 0, *, accepted: bool = True, number: int = 0, **more: object
) -> TimedAttempt:
    """An attempt."""
    graded = None if points is None else Fraction(points)
    return TimedAttempt(Late(days, accepted=accepted), graded, Fraction(26), number=number, **more)  # type: ignore[arg-type]


class TestAttempts:
    """Several by one person."""

    @pytest.mark.parametrize(
        ("rule", "index", "why"),
        [
            (AttemptRule.IN_TIME, 1, "it is the latest one before the deadline"),
            (AttemptRule.BEST, 2, "it has the most points"),
            (AttemptRule.LAST, 3, "it is the last one that was accepted"),
        ],
    )
    def test_the_course_says_which_counts(self, rule: AttemptRule, index: int, why: str) -> None:
        """Of two in time, two late ones and one that was not accepted."""
        attempts = [attempt(20), attempt(10), attempt(24, 1), attempt(22, 2), attempt(26, 9, accepted=False)]
        choice = counting(attempts, rule)
        assert (choice.index, choice.why) == (index, why)

    def test_if_none_was_in_time_the_last_accepted_one_counts(self) -> None:
        """And that is said."""
        choice = counting([attempt(20, 1), attempt(10, 2)], AttemptRule.IN_TIME)
        assert (choice.index, choice.why) == (1, "it is the last one; none was in time")

    def test_if_none_was_accepted_the_last_one_has_the_row(self) -> None:
        """Without points."""
        choice = counting([attempt(20, 8, accepted=False), attempt(20, 9, accepted=False)], AttemptRule.BEST)
        assert (choice.index, choice.why) == (1, "it is the last one; none was accepted")

    def test_the_order_is_that_of_the_times(self) -> None:
        """Not that of the rows; without all times it is that of the numbers."""
        first, second = moment("2026-03-01 10:00"), moment("2026-03-01 11:00")
        assert counting([attempt(1, at=second), attempt(2, at=first)], AttemptRule.LAST).index == 0
        assert counting([attempt(1, number=2, at=first), attempt(2, number=1)], AttemptRule.LAST).index == 0

    def test_of_equally_good_attempts_the_first_counts(self) -> None:
        """It uses the fewest slip days."""
        assert counting([attempt(20, number=2), attempt(20, number=1)], AttemptRule.BEST).index == 1

    def test_an_ungraded_attempt_keeps_the_best_open(self) -> None:
        """Unless nothing can be better."""
        assert not counting([attempt(20), attempt(None)], AttemptRule.BEST).settled
        assert counting([attempt(26), attempt(None)], AttemptRule.BEST).settled
        assert not counting([attempt(None), attempt(None)], AttemptRule.BEST).settled

    def test_an_attempt_that_the_instructor_decided_counts(self) -> None:
        """Whatever the rule says; of two, the rule chooses."""
        assert counting([attempt(3, decided=True), attempt(20)], AttemptRule.BEST).index == 0
        assert counting([attempt(3, decided=True), attempt(20), attempt(9, decided=True)], AttemptRule.BEST).index == 2


COURSE = f"""{CLASS}penalty = "10%"
slip_days = 1
[due.mlp]
due = "2026-03-01 23:59"
[extensions.JDoe]
mlp = "2d"
"""


class TestRows:
    """A class."""

    def test_each_row_has_its_result_in_the_same_order(self, tmp_path: Path) -> None:
        """In time, with an extension, late with a slip day, and missing."""
        rows = [
            SubmittedRow("ann", 26, 20, "a", at="2026-03-01T20:00:00+01:00"),
            SubmittedRow("jane", 26, 20, "j", ("jdoe", "777"), at="2026-03-03 20:00"),
            SubmittedRow("ben", 26, 20, "b", at="2026-03-03T20:00:00Z"),
            SubmittedRow("mia", 26, 0, "m", missing=True),
        ]
        found, told = apply_policy(rows, rules(tmp_path, COURSE), "mlp")
        assert [(each.submission, each.late, each.penalty, each.slip, each.final) for each in found] == [
            ("ann", "", 0, 0, 20),
            ("jane", "", 0, 0, 20),
            ("ben", "2 days", 2.6, 1, 17.4),
            ("mia", "", 0, 0, 0),
        ]
        assert "(your extension)" in found[1].sentences[0]
        assert found[2].at == "2026-03-03T21:00:00+01:00"
        assert found[2].sentences[-1] == "20 - 2.6 = 17.4 points."
        assert (found[3].sentences, told) == ((), ())

    def test_of_several_attempts_one_counts_and_all_have_a_row(self, tmp_path: Path) -> None:
        """Each says which counts; only that one uses slip days and has final points."""
        rows = [
            SubmittedRow("jane_1", 26, 20, "j", at="2026-03-01 20:00"),
            SubmittedRow("jane_2", 26, 26, "j", at="2026-03-02 20:00"),
        ]
        found, _ = apply_policy(rows, rules(tmp_path, COURSE.replace("JDoe", "nobody") + '[slip]\n"x" = 1\n'), "mlp")
        assert [(each.counts, each.final, each.slip) for each in found] == [(True, 20, 0), (False, None, 0)]
        assert found[0].why == "This one counts, because it is the latest one before the deadline."
        assert found[1].sentences[-1] == (
            "Attempt 2 of 2. This one does not count. What counts is attempt 1 of 2, handed in 2026-03-01 20:00 CET, "
            "because it is the latest one before the deadline."
        )

    def test_an_override_is_final(self, tmp_path: Path) -> None:
        """No penalty applies, and no slip day is used."""
        rows = [SubmittedRow("jane", 26, 20, "j", at="2026-03-03 20:00", override=18.5)]
        (found,), _ = apply_policy(rows, rules(tmp_path, COURSE), "mlp")
        assert (found.final, found.penalty, found.slip) == (18.5, 0, 0)
        assert found.sentences == (
            "Handed in 2026-03-03 20:00 CET, due 2026-03-01 23:59 CET: 2 days late.",
            "Your instructor set the points to 18.5.",
        )

    def test_what_was_not_accepted_has_no_points(self, tmp_path: Path) -> None:
        """And says so, to the instructor in the columns `why` and `penalty`."""
        policy = rules(tmp_path, COURSE.replace("[due.mlp]", "[due.mlp]\nmost_late_days = 1"))
        (found,), _ = apply_policy([SubmittedRow("jane", 26, 20, "j", at="2026-03-09 20:00")], policy, "mlp")
        assert (found.late, found.final, found.penalty) == ("not accepted", 0, 20)
        assert found.why == "Not accepted: it may be at most 1 day late."
        assert found.sentences[-1] == "0 points instead of 20, because it was not accepted."

    def test_slip_days_of_other_exercises_are_gone(self, tmp_path: Path) -> None:
        """By the person's key."""
        rows = [SubmittedRow("ben", 26, 20, "b", at="2026-03-02 20:00")]
        (found,), _ = apply_policy(rows, rules(tmp_path, COURSE), "mlp", {"b": 1})
        assert (found.slip, found.final) == (0, 17.4)

    def test_half_points(self, tmp_path: Path) -> None:
        """Rounded after the penalty."""
        rows = [SubmittedRow("ben", 26, 20, "b", at="2026-03-03 20:00")]
        (found,), _ = apply_policy(rows, rules(tmp_path, COURSE + "[grades]\nround = 0.5\n"), "mlp")
        assert found.final == 17.5
        assert found.sentences[-1] == "20 - 2.6 = 17.5 points, rounded to 0.5."

    def test_no_grade_stays_no_grade(self, tmp_path: Path) -> None:
        """An internal error is never a zero, and the best of several waits for it."""
        policy = rules(tmp_path, COURSE + "[grades]\n")
        (found,), _ = apply_policy([SubmittedRow("ben", 26, None, "b")], policy, "mlp")
        assert found.final is None
        best = rules(tmp_path, COURSE.replace("slip_days", 'attempts = "best"\nslip_days'))
        both, _ = apply_policy([SubmittedRow("ben1", 26, 20, "b"), SubmittedRow("ben2", 26, None, "b")], best, "mlp")
        assert [each.final for each in both] == [None, None]
        assert "Not all of your attempts are graded yet." in both[0].sentences

    def test_unknown_times_are_reported_once(self, tmp_path: Path) -> None:
        """With what to do, and the people whom course.toml names and nobody is."""
        rows = [
            SubmittedRow("ann", 26, 20, late=True),
            SubmittedRow("ben", 26, 20),
            SubmittedRow("cem", 26, 20, at="1/3/2026"),
        ]
        found, told = apply_policy(rows, rules(tmp_path, COURSE), "mlp")
        assert {each.late for each in found} == {"unknown"}
        assert told[0] == "course.toml: [extensions] JDoe is nobody who handed in mlp"
        assert told[1] == "cem: '1/3/2026' may be day/month or month/day; write it as 2026-03-01 12:30"
        assert told[2].startswith(
            "mlp has a due date, but the time of 3 submissions (1 marked late by the platform) is not known, so no "
            "penalty was taken: ann, ben, cem. Give the times with --times FILE"
        )

    @pytest.mark.parametrize(
        ("platform", "advice"),
        [
            ("canvas", "Canvas's downloads have no times. Give the times with --times FILE: a table with"),
            (
                "moodle",
                "Moodle's downloads have no times. Give the times with --times FILE: the grading worksheet, or a",
            ),
            ("blackboard", "ben. Give the times with --times FILE: a table with the columns submission and time"),
        ],
    )
    def test_a_platform_without_times_is_named(self, tmp_path: Path, platform: str, advice: str) -> None:
        """With the file that has them."""
        rows = [SubmittedRow("ann", 26, 20, platform=platform), SubmittedRow("ben", 26, 20, platform=platform)]
        assert advice in apply_policy(rows, rules(tmp_path, COURSE), "mlp")[1][-1]

    def test_ten_submissions_without_a_time_are_named(self, tmp_path: Path) -> None:
        """And the others are counted."""
        rows = [SubmittedRow(f"s{number:02}", 26, 20) for number in range(12)]
        assert "s08, s09 and 2 more. Give" in apply_policy(rows, rules(tmp_path, COURSE), "mlp")[1][-1]

    def test_without_a_deadline_the_last_attempt_counts(self) -> None:
        """By the platform's numbers, if there are no times."""
        rows = [SubmittedRow("b", 26, 20, "j", number=2), SubmittedRow("a", 26, 26, "j", number=1)]
        found, told = apply_policy(rows, ClassPolicy(), "mlp")
        assert [(each.counts, each.final) for each in found] == [(True, 20), (False, None)]
        assert found[0].sentences == ("Attempt 2 of 2. This one counts, because it is the last one.",)
        assert told == ()

    def test_without_due_dates_nothing_is_said(self) -> None:
        """About time."""
        found, told = apply_policy([SubmittedRow("ann", 26, 20)], ClassPolicy(), "mlp")
        assert (found[0].sentences, found[0].late, found[0].final, told) == ((), "", 20, ())


class TestPeople:
    """Whom course.toml names."""

    def test_a_name_that_two_people_share_is_applied_to_nobody(self, tmp_path: Path) -> None:
        """And reported."""
        policy = rules(tmp_path, COURSE)
        found, told = entries_of(policy, "mlp", {"a": ["jdoe"], "b": ["JDOE "]})
        assert found == {}
        (sentence,) = told
        assert sentence.startswith("course.toml: [extensions] JDoe means 2 people here, so it is applied to nobody")

    @pytest.mark.parametrize(
        ("known", "sentence"),
        [
            (
                ["4711", "jroe"],
                (
                    "[extensions] j@uni.edu is an address, but this class has no addresses: people are known here by "
                    "login (such as jroe) and number (such as 4711). Name them like that, or give a roster with "
                    "addresses"
                ),
            ),
            (["4711", "jane@uni.edu"], "[extensions] j@uni.edu is nobody who handed in mlp"),
        ],
    )
    def test_a_form_of_name_that_the_class_does_not_have_is_said(
        self, tmp_path: Path, known: list[str], sentence: str
    ) -> None:
        """A class known by ids has nobody's address."""
        policy = rules(tmp_path, COURSE.replace("[extensions.JDoe]", '[extensions."j@uni.edu"]'))
        assert entries_of(policy, "mlp", {"a": known})[1] == (f"course.toml: {sentence}",)

    def test_one_person_may_be_named_twice(self, tmp_path: Path) -> None:
        """By login for one thing and by address for another."""
        policy = rules(tmp_path, COURSE + '[slip]\n"j@uni.edu" = 3\n')
        found, told = entries_of(policy, "mlp", {"a": ["jdoe", "J@uni.edu"]})
        assert (set(found["a"]), told) == ({"JDoe", "j@uni.edu"}, ())
