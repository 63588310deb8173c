"""One table for the exercises of a course, and one grade from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.batch.roll import Listed, Ruled, keys
from grader.classroom.batch.slip_days import spent_elsewhere
from grader.classroom.batch.summary import NoResults
from grader.classroom.course.course_grade import CourseGrade, Mark, NoWeight, check_weights, course_grade
from grader.classroom.course.course_people import joined
from grader.classroom.course.course_table import course_table, write_course
from grader.classroom.course.graded_exercise import GradedLine, graded_exercise
from grader.classroom.gradebook.results_folder import read_results
from grader.classroom.people.ownership import Claim
from grader.classroom.policy.class_policy import GradeRules
from grader.classroom.policy.figures import in_figures
from grader.classroom.tables.table import read_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from grader.classroom.course.graded_exercise import GradedExercise


def grade_of(rules: GradeRules | None = None, **points: tuple[float, float] | str) -> CourseGrade:
    """A grade for exercise = (points, possible), or a word instead."""
    marks = [
        Mark(name, None, Fraction(10), said)
        if isinstance(said, str)
        else Mark(name, Fraction(str(said[0])), Fraction(str(said[1])))
        for name, said in points.items()
    ]
    return course_grade(marks, rules or GradeRules())


def shown(grade: CourseGrade) -> str:
    """`24 of 30`."""
    return f"{in_figures(grade.total)} of {in_figures(grade.possible)}" if grade.total is not None else "none"


class TestGrade:
    """One person's grade."""

    def test_without_rules_points_are_added_up(self) -> None:
        """And the explanation says which."""
        grade = grade_of(mlp=(24, 26), rnn=(0, 17))
        assert shown(grade) == "24 of 43"
        assert grade.explanation == "mlp 24 of 26, rnn 0 of 17: 24 of 43"

    def test_with_weights_each_exercise_counts_by_its_share(self) -> None:
        """Out of 100, or of what the course says."""
        weights = {"mlp": Fraction(3), "rnn": Fraction(1)}
        assert shown(grade_of(GradeRules(weights), mlp=(13, 26), rnn=(17, 17))) == "62.5 of 100"
        rules = GradeRules(weights, out_of=Fraction(20), round=Fraction(1, 2))
        grade = grade_of(rules, mlp=(13, 26), rnn=(17, 17))
        assert grade.explanation == "mlp 13 of 26 (weight 3), rnn 17 of 17 (weight 1): 12.5 of 20"

    def test_extra_credit_adds_points_and_no_possible_ones(self) -> None:
        """It may exceed the maximum unless the course caps it."""
        rules = GradeRules(extra=frozenset({"bonus"}))
        assert shown(grade_of(rules, mlp=(26, 26), bonus=(3, 10))) == "29 of 26"
        assert (
            shown(grade_of(GradeRules(extra=frozenset({"bonus"}), cap=True), mlp=(26, 26), bonus=(3, 10))) == "26 of 26"
        )
        weighted = GradeRules({"mlp": Fraction(4), "bonus": Fraction(1)}, frozenset({"bonus"}))
        assert shown(grade_of(weighted, mlp=(13, 26), bonus=(5, 10))) == "62.5 of 100"

    def test_the_lowest_share_is_dropped(self) -> None:
        """Not the fewest points; never extra credit, and never the last exercise."""
        rules = GradeRules(drop_lowest=1, extra=frozenset({"bonus"}))
        grade = grade_of(rules, mlp=(13, 26), rnn=(9, 10), bonus=(0, 5))
        assert (shown(grade), grade.dropped) == ("9 of 10", ("mlp",))
        assert "mlp 13 of 26 (dropped)" in grade.explanation
        assert shown(grade_of(GradeRules(drop_lowest=5), mlp=(13, 26), rnn=(9, 10))) == "9 of 10"

    def test_a_word_instead_of_points_leaves_the_exercise_out(self) -> None:
        """For this person: neither points nor possible ones."""
        grade = grade_of(mlp=(13, 26), rnn="excused")
        assert (shown(grade), grade.explanation) == ("13 of 26", "mlp 13 of 26, rnn excused: 13 of 26")
        assert shown(grade_of(rnn="excused")) == "none"

    def test_an_exercise_without_a_grade_yet_keeps_the_total_open(self) -> None:
        """An internal error is never a zero."""
        grade = course_grade([Mark("mlp", None, Fraction(26))], GradeRules())
        assert (grade.total, grade.explanation) == (None, "no grade yet: mlp")

    def test_an_exercise_without_a_weight_is_an_error(self) -> None:
        """If others have one."""
        with pytest.raises(NoWeight, match=r"has no weight for rnn: add rnn = 1 there, or 0 to leave it out"):
            check_weights(GradeRules({"mlp": Fraction(1)}), ["mlp", "rnn"])
        check_weights(GradeRules(), ["mlp"])


def line(folder: str, submission: str, id: str = "", name: str = "", email: str = "") -> GradedLine:  # noqa: A002
    """A line of a results folder."""
    return GradedLine(folder, Claim(submission, id=id, name=name, email=email), Fraction(1), name=name)


def folders(*lines: GradedLine) -> list[list[GradedLine]]:
    """The lines by folder."""
    found: dict[str, list[GradedLine]] = {}
    for each in lines:
        found.setdefault(each.folder, []).append(each)
    return [*found.values()]


def people(*lines: GradedLine) -> list[list[str]]:
    """The submissions of each person."""
    return [[each.submission for each in student.lines] for student in joined(folders(*lines))[0]]


def doubts(*lines: GradedLine) -> tuple[str, ...]:
    """What is reported about them."""
    return joined(folders(*lines))[1]


class TestPeople:
    """Who is the same in several folders."""

    def test_an_id_or_an_address_joins(self) -> None:
        """Whatever the order of the names; directly or through a third folder."""
        lines = [
            line("a", "1", "7", "Doe, Jane"),
            line("b", "2", email="J@x.edu"),
            line("c", "3", "7", "Jane Doe", "j@x.edu"),
        ]
        assert people(*lines) == [["1", "2", "3"]]

    def test_a_name_joins_only_if_it_is_unique(self) -> None:
        """Otherwise they stay apart, and that is reported."""
        assert people(line("a", "1", name="Jane Doe"), line("b", "2", name="doe, jane")) == [["1", "2"]]
        lines = (line("a", "1", name="Li Wei"), line("a", "2", name="Li Wei"), line("b", "3", name="Li Wei"))
        assert people(*lines) == [["1"], ["2"], ["3"]]
        assert doubts(*lines) == ("b: 3: may belong to Li Wei or Li Wei; matched to nobody",)

    def test_two_people_of_one_name_with_ids_in_every_folder_are_nothing_to_report(self) -> None:
        """Each is joined by id."""
        lines = (line("a", "1", "7", "Li Wei"), line("a", "2", "8", "Li Wei"))
        lines += (line("b", "3", "8", "Li Wei"), line("b", "4", "7", "Li Wei"))
        assert (people(*lines), doubts(*lines)) == ([["1", "4"], ["2", "3"]], ())

    @pytest.mark.parametrize("other", [{"id": "8"}, {"id": "7", "email": "b@x.edu"}])
    def test_a_name_does_not_join_what_ids_or_addresses_contradict(self, other: dict[str, str]) -> None:
        """Two people of one name, each of whom is in one folder only, unless the id is the same."""
        lines = (line("a", "1", "7", "Jane Doe", "j@x.edu"), line("b", "2", name="Jane Doe", **other))
        if other["id"] == "7":
            assert people(*lines) == [["1", "2"]]
        else:
            assert people(*lines) == [["1"], ["2"]]
            (sentence,) = doubts(*lines)
            assert sentence.startswith("Jane Doe has the id 7 in a and 8 in b: kept apart")
            assert sentence.endswith("grade each folder with the same --roster")

    def test_an_id_from_another_list_does_not_join(self) -> None:
        """If both name and address differ."""
        lines = (line("a", "1", "7", "Jane Doe", "j@x.edu"), line("b", "2", "7", "Ben Li", "b@x.edu"))
        assert people(*lines) == [["1"], ["2"]]
        assert doubts(*lines) == ("b: 2: its id 7 belongs to Jane Doe (7), not to Ben Li; matched to nobody",)

    def test_two_lines_of_one_folder_are_never_joined(self) -> None:
        """Nobody knows which counts."""
        lines = (line("a", "1", "7"), line("a", "2", "7"))
        assert people(*lines) == [["1"], ["2"]]
        assert "1, 2 are of one person, and grades.csv does not say which counts" in doubts(*lines)[0]


@given(st.data())
def test_nobody_is_joined_with_anybody_else(data: st.DataObject) -> None:
    """Whatever each folder knows of its people, in whatever order, if everybody is in all of them under a name."""
    names = data.draw(st.lists(st.sampled_from(["Li Wei", "Wei Li", "Jane Doe", "Ann Ng"]), min_size=2, max_size=5))
    drawn, whose = [], {}
    for folder in "abc":
        shown = data.draw(st.lists(st.booleans(), min_size=2, max_size=2))
        for person in data.draw(st.permutations(range(len(names)))):
            number, email = ((f"{100 + person}", f"p{person}@x.edu")[at] if shown[at] else "" for at in range(2))
            drawn.append(line(folder, f"{folder}{person}", number, names[person], email))
            whose[drawn[-1].submission] = person
    found = people(*drawn)
    assert sorted(each for student in found for each in student) == sorted(whose)
    assert all(len({whose[each] for each in student}) == 1 for student in found)


HEAD = "submission,student,name,email,status,points,possible,override,reason,final,comment,key"


def results(folder: Path, exercise: str, possible: int, *rows: str, ruled: dict[str, Ruled] | None = None) -> Path:
    """A results folder. Each row is `submission,id,name,email,status,points,override`."""
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(json.dumps({"exercise": exercise, "possible": possible}))
    listed, lines = [], [HEAD]
    for row, key in zip(rows, keys(rows), strict=True):
        name, number, person, email, status, points, override = row.split(",")
        claim = Claim(name, key, id=number, name=person, email=email)
        rules = (ruled or {}).get(name)
        listed.append(Listed(key, name, name, claim, number, person, email, missing=status == "missing", ruled=rules))
        lines.append(f"{name},{number},{person},{email},{status},{points},{possible},{override},,,,{key}")
        score = None if status == "failed" else {"points": int(points or 0), "possible": possible}
        entry = {
            "name": name, "exercise": exercise, "status": status, "score": score, "problem": "", "gradients": [],
            "source": name, "notes": [],
        }  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps({"grader": {"submissions": [entry]}}))
    (folder / "class.json").write_text(json.dumps({"submissions": [asdict(each) for each in listed]}))
    (folder / "grades.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def read(folder: Path) -> GradedExercise:
    """What `grade course` reads in a results folder."""
    return graded_exercise(read_results(folder))


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """Two exercises of one class."""
    mlp = results(
        tmp_path / "grades-mlp", "mlp", 26,
        "jane,7,Jane Doe,j@x.edu,graded,24,", "ben,8,Ben Li,b@x.edu,graded,20,18.5",
    )  # fmt: skip
    rnn = results(
        tmp_path / "grades-rnn", "rnn", 17,
        "jdoe,,Jane Doe,J@x.edu,graded,17,", "bli,8,Ben Li,,missing,0,excused",
    )  # fmt: skip
    return mlp, rnn


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table by heading."""
    table = read_table(path)
    return [dict(zip(table.head, row, strict=False)) for row in table.rows]


class TestTable:
    """`grade course`."""

    def test_each_person_has_a_row_with_points_by_exercise(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """A total, and how it comes about."""
        result = grade("course", *both)
        assert result.stdout == ("2 people, 2 exercises; no course.toml: points are added up\ncourse: course.csv\n")
        assert (result.exit_code, result.stderr) == (0, "")
        jane, ben = rows_of(tmp_path / "course.csv")
        assert (jane["student"], jane["name"], jane["mlp (of 26)"], jane["rnn (of 17)"]) == (
            "7",
            "Jane Doe",
            "24",
            "17",
        )
        assert (jane["total"], jane["possible"], jane["final"]) == ("41", "43", "41")
        assert (ben["rnn (of 17)"], ben["total"], ben["possible"]) == ("excused", "18.5", "26")
        assert ben["explanation"] == "mlp 18.5 of 26, rnn excused: 18.5 of 26"

    def test_the_course_decides(self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path) -> None:
        """Beside the folder of exercises."""
        (tmp_path / "exercises").mkdir()
        (tmp_path / "course.toml").write_text(
            'name = "Deep Learning"\nversion = "1"\n[grades]\nround = 0.5\n[grades.weights]\nmlp = 1\nrnn = 1\n'
        )
        result = grade("course", *both)
        assert "2 people, 2 exercises; [grades] of course.toml" in result.stdout
        assert rows_of(tmp_path / "course.csv")[0]["total"] == "96"

    def test_what_is_written_by_hand_survives(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """Overrides, comments and added columns, after a spreadsheet sorted the rows and changed the dialect."""
        grade("course", *both)
        table = read_table(tmp_path / "course.csv")
        head = [*table.head, "section"]
        at = {name: index for index, name in enumerate(head)}
        edited = []
        for row in reversed(table.rows):
            cells = [*row, "B" if row[at["name"]] == "Ben Li" else ""]
            if row[at["name"]] == "Ben Li":
                cells[at["comment"]], cells[at["override"]] = "spoke with him; fine", "20,5"
            edited.append(cells)
        text = "\r\n".join(";".join(f'"{cell}"' for cell in cells) for cells in (head, *edited))
        (tmp_path / "course.csv").write_bytes(text.encode("utf-16"))
        assert grade("course", *both).exit_code == 0
        jane, ben = rows_of(tmp_path / "course.csv")
        assert (ben["comment"], ben["override"], ben["final"], ben["section"]) == (
            "spoke with him; fine",
            "20,5",
            "20,5",
            "B",
        )
        assert (jane["comment"], jane["section"], jane["final"]) == ("", "", "41")
        assert list(ben).count("mlp (of 26)") == 1

    def test_a_row_of_nobody_is_kept_and_reported(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """If something was written in it."""
        grade("course", *both)
        with (tmp_path / "course.csv").open("a", encoding="utf-8") as file:
            file.write("bcdfghjklm,,Mia Sato,,,,,,,,withdrew,,\n")
        result = grade("course", *both)
        assert result.exit_code == 1
        assert "course.csv: 1 row with something that you wrote belongs to nobody in the results" in result.stderr
        grade("course", *both)
        *_, last = rows_of(tmp_path / "course.csv")
        assert (last["name"], last["comment"], last["explanation"]) == (
            "Mia Sato",
            "withdrew",
            "no longer in the results",
        )

    @pytest.mark.parametrize(
        ("written", "who"),
        [
            ("tzzzzzzzzz,,Li Wei,,5", ""),
            ("tzzzzzzzzz,8,Li Wei,,5", "8"),
            (f"{keys(['7'])[0]},,Li Wei,,5", "7"),
            ("tzzzzzzzzz,9,Li Wei,,5", "9"),
            ("tzzzzzzzzz,9,Al Fay,,5", "9"),
        ],
    )
    def test_what_is_written_for_one_never_goes_to_somebody_else(
        self, grade: Callable[..., Result], tmp_path: Path, written: str, who: str
    ) -> None:
        """A row is found by the key, else by an id, never by a name that is not unique or has another id."""
        rows = "l1,7,Li Wei,,graded,24,", "l2,8,Li Wei,,graded,26,", "al,6,Al Fay,,graded,26,"
        folder = results(tmp_path / "a", "mlp", 26, *rows)
        (tmp_path / "course.csv").write_text(f"key,student,name,email,override,final\n{written},\n")
        result = grade("course", folder)
        (row,) = (row for row in rows_of(tmp_path / "course.csv") if row["override"])
        assert row["student"] == who
        kept = "1 row with something that you wrote belongs to nobody" in result.stderr
        assert kept == (row["final"] == "") == (who in ("", "9"))

    def test_overrides_that_look_wrong_are_reported(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """Above the possible points, below zero, or a word."""
        for override, sentence in (
            ("99", "the override for Jane Doe, 99, is more than the possible 43"),
            ("-1", "the override for Jane Doe is below zero: -1"),
            ("excused", "the override for Jane Doe is not a number ('excused'): it is shown as final"),
        ):
            (tmp_path / "course.csv").write_text(f"key,name,override\n,Jane Doe,{override}\n")
            assert sentence in grade("course", *both).stderr

    def test_another_table_is_never_overwritten(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """A roster that was named by mistake."""
        (tmp_path / "roster.csv").write_text("name,email\nJane Doe,j@x.edu\n")
        result = grade("course", *both, "--out", "roster.csv")
        assert "roster.csv is not a table that `grade course` wrote; move it away" in result.stderr
        assert (result.exit_code, "j@x.edu" in (tmp_path / "roster.csv").read_text()) == (4, True)

    def test_no_grade_yet_and_no_row_are_reported(self, grade: Callable[..., Result], tmp_path: Path) -> None:
        """With exit code 1: nothing is lost without a word."""
        mlp = results(tmp_path / "a", "mlp", 26, "jane,7,Jane,,failed,,", "ben,8,Ben,,graded,20,")
        rnn = results(tmp_path / "b", "rnn", 17, "jane,7,Jane,,graded,17,")
        result = grade("course", mlp, rnn, "--out", "all.csv")
        assert result.exit_code == 1
        assert f"{mlp}: jane has no grade yet" in result.stderr
        assert "1 person of the course has no row in the results of rnn: 0 points" in result.stderr
        assert "1 without a total, because an exercise of theirs has no grade yet" in result.stderr
        assert [row["final"] for row in rows_of(tmp_path / "all.csv")] == ["", "20"]

    def test_a_row_of_grades_that_belongs_to_nobody_stops_it(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """Its override could be lost."""
        with (both[0] / "grades.csv").open("a", encoding="utf-8") as file:
            file.write("zoe,9,Zoe,,graded,,26,5,,,,bcdfghjklm\n")
        result = grade("course", *both)
        assert (result.exit_code, (tmp_path / "course.csv").exists()) == (1, False)
        assert "Nothing was written: set this right first" in result.stderr

    def test_an_attempt_that_does_not_count_is_left_out(self, tmp_path: Path) -> None:
        """Once the course's rules have said so."""
        ruled = {"j1": Ruled(counts=True, final=21.6), "j2": Ruled(counts=False, final=None)}
        folder = results(tmp_path / "a", "mlp", 26, "j1,7,Jane,,graded,24,", "j2,7,Jane,,graded,26,", ruled=ruled)
        table = course_table([read(folder)], GradeRules())
        (row,) = table.rows
        assert (row.student.lines[0].submission, in_figures(row.grade.total)) == ("j1", "21.6")

    def test_ids_come_from_where_no_spreadsheet_was(self, tmp_path: Path) -> None:
        """class.json has them by key."""
        folder = results(tmp_path / "a", "mlp", 26, "jane,00777,Jane Doe,,graded,24,")
        table = folder / "grades.csv"
        table.write_text(table.read_text().replace("00777", "777").replace("Jane Doe", "JANE"))
        (found,) = read(folder).lines
        assert (found.claim.id, found.name) == ("00777", "Jane Doe")

    def test_slip_days_are_added_up_by_id_or_address(self, tmp_path: Path) -> None:
        """For the people of another exercise; what may be of several people is reported."""

        def slipped(**days: int) -> dict[str, Ruled]:
            return {name: Ruled(counts=True, final=24, slip=each) for name, each in days.items()}

        one = results(tmp_path / "a", "mlp", 26, "jane,7,Jane,,graded,24,", ruled=slipped(jane=2))
        rows = "j,,Jane,J@x.edu,graded,24,", "b,8,Ben,,graded,24,", "z,9,Zoe,,graded,1,"
        other = results(tmp_path / "b", "rnn", 17, *rows, ruled=slipped(j=1, b=1, z=3))
        people = {"jane": ("7", "j@x.edu"), "ben": ("8", ""), "twin": ("8",)}
        spent, told = spent_elsewhere("gru", [one, other], people)
        assert spent == {"jane": 3}
        assert told == (f"{other}: the slip days of b may be of several people here: not counted",)
        with pytest.raises(NoResults, match="holds results of rnn itself; name the results of other exercises"):
            spent_elsewhere("rnn", [one, other], people)

    def test_people_kept_apart_have_different_keys(self, tmp_path: Path) -> None:
        """So that what is written for one is never the other's."""
        folder = results(tmp_path / "a", "mlp", 26, "j1,,Li,,graded,24,", "j2,,Li,,graded,26,")
        table = course_table([read(folder)], GradeRules())
        write_course(tmp_path / "course.csv", table)
        assert len({row["key"] for row in rows_of(tmp_path / "course.csv")}) == 2

    def test_two_folders_may_have_one_name(self, tmp_path: Path) -> None:
        """Each week's results are in a folder called grades."""
        one = results(tmp_path / "week1" / "grades", "mlp", 26, "jane,777,Jane,,graded,26,")
        two = results(tmp_path / "week2" / "grades", "rnn", 17, "jane,777,Jane,,graded,17,")
        (row,) = course_table([read(one), read(two)], GradeRules()).rows
        assert row.grade.explanation == "mlp 26 of 26, rnn 17 of 17: 43 of 43"

    def test_what_a_login_may_have_been_joins_nobody(self, tmp_path: Path) -> None:
        """Of Blackboard's `HW 3_j_doe` it is not known whether the title ends before j or behind it."""
        folders = [tmp_path / "a", tmp_path / "b"]
        for folder, exercise, login, alias in zip(
            folders, ("mlp", "rnn"), ("doe", "j_doe"), ("j_doe", ""), strict=True
        ):
            results(folder, exercise, 10, "x,,,,graded,10,")
            roll = json.loads((folder / "class.json").read_text())
            roll["submissions"][0]["claim"] |= {"login": login, "aliases": [alias] if alias else []}
            (folder / "class.json").write_text(json.dumps(roll))
        assert len(course_table([read(folder) for folder in folders], GradeRules()).rows) == 2

    def test_an_override_counts_before_the_batch_has_seen_it(self, tmp_path: Path) -> None:
        """It was typed into grades.csv since."""
        (found,) = read(results(tmp_path / "a", "mlp", 26, "jane,777,Jane,,graded,24,20.5")).lines
        assert found.points == Fraction("20.5")

    def test_a_folder_without_results_is_a_usage_error(
        self, grade: Callable[..., Result], both: tuple[Path, Path], tmp_path: Path
    ) -> None:
        """And nothing is written."""
        (both[0] / "summary.json").unlink()
        result = grade("course", *both)
        sentence = "has no summary.json; name a folder that `grade batch --out` wrote"
        assert (result.exit_code, sentence in result.stderr) == (4, True)
        (tmp_path / "empty").mkdir()
        result = grade("course", tmp_path / "empty")
        assert (result.exit_code, "name a folder that `grade batch --out` wrote" in result.stderr) == (4, True)

    def test_a_report_of_the_folder_of_several_exercises_names_them(
        self, grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Only a page can show several."""
        results(tmp_path / "all" / "mlp", "mlp", 26, "ben,8,Ben,,graded,20,")
        result = grade("report", "--class", tmp_path / "all", "--to", "csv")
        sentence = f"it has those of several exercises, so name one of them: {tmp_path / 'all' / 'mlp'}"
        assert (result.exit_code, sentence in result.stderr) == (4, True)

    def test_damaged_results_are_reported(self, both: tuple[Path, Path]) -> None:
        """With what to do."""
        for text in ("{", "{}"):
            (both[0] / "summary.json").write_text(text)
            with pytest.raises(NoResults, match=r"is damaged \(.+\); run `grade batch` again to write it anew"):
                read(both[0])

    def test_one_exercise_twice_is_a_usage_error(self, grade: Callable[..., Result], both: tuple[Path, Path]) -> None:
        """Adding it up twice would be wrong."""
        result = grade("course", both[0], both[0])
        assert f"{both[0]} and {both[0]} both hold results of mlp; name one of them" in result.stderr


class TestInAGradeBook:
    """`grade report --course` fills the course's grades into a grade book."""

    PEOPLE = (
        "key,student,name,email,mlp (of 26),total,possible,override,reason,comment,final,explanation\n"
        'kbcdf,1,"Doe, Jane",,20,20,26,"22,5",,,20,\nkbcdg,2,Max Roe,,26,26,26,,,,26,\nkbcdh,3,Eve,,,,26,,,,,\n'
        "kbcdj,4,Ill,,,,26,excused,,,,\nkbcdk,9,Nobody,,1,1,26,,,,1,\n"
    )
    BOOK = (
        "Student,ID,SIS Login ID,Section,Course (9)\n    Points Possible,,,,26\n"
        '"Doe, Jane",1,,A,\n"Roe, Max",2,,A,\nEve,3,,A,\nIll,4,,A,\n'
    )

    def test_finals_go_to_their_people_and_the_rest_is_named(
        self, grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """An override counts from when it is typed."""
        (tmp_path / "course.csv").write_text(self.PEOPLE, encoding="utf-8")
        (tmp_path / "book.csv").write_text(self.BOOK, encoding="utf-8")
        result = grade(
            "report", "--course", tmp_path / "course.csv", "--to", "canvas", "--roster", tmp_path / "book.csv"
        )
        assert [line.rpartition(",")[2] for line in result.stdout.splitlines()[2:]] == ["22.5", "26", "", ""]
        assert result.exit_code == 1
        assert "left out, because not graded yet: Eve" in result.stderr
        assert "the override for Ill is not a number ('excused')" in result.stderr
        assert "is known to own them: Nobody" in result.stderr or "is known to own it: Nobody" in result.stderr

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("--to", "csv"), "--course fills in a grade book: choose --to canvas, moodle or gradebook"),
            (("--to", "canvas", "--roster", "book.csv"), "has no column key; name the table that `grade course --out`"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, grade: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], sentence: str
    ) -> None:
        """With what was expected."""
        (tmp_path / "book.csv").write_text(self.BOOK, encoding="utf-8")
        words = tuple(str(tmp_path / word) if word.endswith(".csv") else word for word in words)
        result = grade("report", "--course", tmp_path / "book.csv", *words)
        assert (result.exit_code, sentence in result.stderr) == (4, True), result.stderr
        assert result.exit_code == 4
