"""People on rosters: read from any table, and matched with submissions one to one or not at all."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.people.ownership import Claim, Matches, match
from grader.classroom.people.roster import Roster, roster_of
from grader.classroom.tables.table import UnreadableTable, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def roster(text: str, **named: str) -> Roster:
    """A roster from this text."""
    return roster_of(table_of(text.encode(), "roster.csv"), **named)


def called(*names: str) -> list[Claim]:
    """Submissions in folders that people named."""
    return [Claim(name, called=name, person=name) for name in names]


def owners(matches: Matches) -> dict[str, str]:
    """Submission -> name or id of its owner."""
    return {submission: person.name or person.id for submission, person in matches.owners.items()}


class TestRoster:
    """Whatever table lists them."""

    @pytest.mark.parametrize(
        "head",
        [
            "id,login,name,email",
            "Student ID,Username,Full name,Email address",
            "SIS User ID,SIS Login ID,Student,Email",
            "Matrikelnummer,Kennung,Name,E-Mail",
            "Matrikel-Nr.,Benutzername,Vollständiger Name,E-Mail-Adresse",
            "Numéro étudiant,Nom d'utilisateur,Nom complet,Adresse de courriel",
            "Número de matrícula,Nombre de usuario,Nombre y apellidos,Correo electrónico",
            "Anzeige-ID,Benutzername,Vollständiger Name,E-Mail",
            "ID affiché,Identifiant,Nom complet,Courriel",
            "ID para mostrar,Usuario,Nombre y apellidos,Correo",
            "Matricola,Nome utente,Nome e cognome,Indirizzo email",
            "Número de aluno,Nome de usuário,Nome completo,Endereço de e-mail",
            "Studentnummer,Gebruikersnaam,Volledige naam,E-mailadres",
            "Numer albumu,Nazwa użytkownika,Imię i nazwisko,Adres e-mail",
            "Öğrenci No,Kullanıcı adı,Ad Soyad,E-posta",  # noqa: RUF001
            "Osobní číslo,Uživatelské jméno,Jméno a příjmení,E-mail",
            "Personnummer,Användarnamn,Namn,E-postadress",
            "Studienummer,Brugernavn,Fulde navn,E-mailadresse",
            "学号,用户名,姓名,邮箱",
            "学籍番号,ユーザー名,氏名,メールアドレス",
            "학번,아이디,이름,이메일",
            "Номер зачётки,Логин,ФИО,Электронная почта",
            "identifier,github_username,name,email",
            "Matrikelnummer,Kennung,VollstÃ¤ndiger Name,E-Mail",
        ],
    )
    def test_headings_are_known_in_many_languages(self, head: str) -> None:
        """An id, a login, a name and an address."""
        (person,) = roster(f'{head}\n4711,jdoe,"Doe, Jane",jane@u.example\n').people
        assert (person.ids, person.logins) == (("4711",), ("jdoe",))
        assert (person.name, person.email) == ("Doe, Jane", "jane@u.example")

    @pytest.mark.parametrize(
        "head",
        [
            "First name,Last name,ID",
            "Vorname,Nachname,Matrikelnummer",
            "Vorname,Name,Matrikelnummer",
            "Prénom,Nom,Matricule",
            "Nombre,Apellidos,Matrícula",
            "Nome,Cognome,Matricola",
            "Imię,Nazwisko,Numer albumu",
            "名,姓,学号",
        ],
    )
    def test_names_in_two_columns_are_joined(self, head: str) -> None:
        """First names first."""
        (person,) = roster(f"{head}\nJane,Doe,4711\n").people
        assert (person.name, person.id) == ("Jane Doe", "4711")

    @pytest.mark.parametrize("head", ["Nom", "Nombre", "Nome", "Last name"])
    def test_a_part_of_a_name_alone_is_the_name(self, head: str) -> None:
        """Since there is no other."""
        assert roster(f"{head},ID\nJane Doe,1\n").people[0].name == "Jane Doe"

    def test_a_heading_for_two_things_is_read_by_the_other_columns(self) -> None:
        """`Student` is Canvas' name, but the id in grades.csv."""
        canvas = roster("Student,ID,SIS Login ID\nBob,1,bob\n").people[0]
        grades = roster("submission,student,name\nx,s1,Bob\n").people[0]
        assert (canvas.name, canvas.id) == ("Bob", "1")
        assert (grades.name, grades.id) == ("Bob", "s1")
        assert roster("student\nJane Doe\n").people[0].name == "Jane Doe"
        assert roster("student\ns1\n").people[0].id == "s1"

    def test_columns_can_be_named(self) -> None:
        """They replace the known ones."""
        (person,) = roster(
            "id,name,Alias,Nummer\n1,Row one,Jane Doe,4711\n", id_column="nummer", name_column="Alias"
        ).people
        assert (person.id, person.ids, person.name) == ("4711", ("4711",), "Jane Doe")

    def test_a_column_that_is_not_there_is_refused(self) -> None:
        """With the one that was meant."""
        with pytest.raises(UnreadableTable, match=r"no column Matrikl \(--id-column\). Did you mean Matrikel\?"):
            roster("Matrikel,Name\n1,x\n", id_column="Matrikl")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("foo,bar\n1,2\n", r"none of its columns \(foo, bar\) has a known heading, such as id, .*--id-column"),
            ("id,name\n", "there is nobody below its headings"),
        ],
    )
    def test_a_table_without_people_is_refused(self, text: str, said: str) -> None:
        """It says which columns it has."""
        with pytest.raises(UnreadableTable, match=said):
            roster(text)

    def test_the_row_of_possible_points_is_nobody(self) -> None:
        """In whatever language Canvas writes it."""
        text = 'Student,ID,HW\n    Points Possible,,26\n"Doe, Jane",1,\n'
        assert [person.name for person in roster(text).people] == ["Doe, Jane"]
        assert len(roster(text.replace("Points Possible", "Punkte möglich")).people) == 1

    def test_moodles_number_of_a_participant_is_an_id(self) -> None:
        """In any language."""
        (person,) = roster("Identifikator,Vollständiger Name\nTeilnehmer/in 657737,Jane Doe\n").people
        assert person.ids == ("Teilnehmer/in 657737", "657737")

    def test_brightspaces_and_pandas_marks_are_removed(self) -> None:
        """`#4711`, `#jdoe` and `4711.0`."""
        people = roster("OrgDefinedId,Username,Last Name,First Name\n#4711,#jdoe,Doe,Jane\n4712.0,b,Roe,Bob\n").people
        assert [(person.id, *person.logins) for person in people] == [("4711", "jdoe"), ("4712", "b")]

    def test_test_students_teachers_and_assistants_are_no_students(self) -> None:
        """They are left out of counts."""
        text = 'name,role\n"Student, Test",\nAnn,TA\nBob,Student\nCarl,Instructor\nDan,TeacherEnrollment\nEve,\n'
        assert [person.name for person in roster(text).students] == ["Bob", "Eve"]

    def test_a_person_listed_twice_counts_once(self) -> None:
        """With everything that both rows say; two people of one name stay two."""
        people = roster('id,name,email\n1,Ann,a@u\n1,Ann,b@u\n2,Ben Ok,\n2,"Ok, Ben",c@u\n3,Eve,\n4,Eve,\n').people
        assert [(person.id, person.emails) for person in people] == [
            ("1", ("a@u", "b@u")),
            ("2", ("c@u",)),
            ("3", ()),
            ("4", ()),
        ]

    def test_people_with_ids_of_their_own_are_never_one(self) -> None:
        """Though they share an address, or what is written where somebody has none."""
        assert len(roster("id,name,email\n1,Eve,family@x\n2,Eve,family@x\n").people) == 2
        for blank in ("-", "n/a", "#N/A", "none", "?"):
            people = roster(f"name,id,login\nEve,1,{blank}\nEve,2,{blank}\n,3,{blank}\n,4,{blank}\n").people
            assert [(person.id, person.logins) for person in people] == [("1", ()), ("2", ()), ("3", ()), ("4", ())]

    @pytest.mark.parametrize("above", ["Person,,,Grades,", "Student,Student,Student,Grades,Grades", ",,,Week 1,Week 1"])
    def test_the_headings_may_be_in_a_second_line(self, above: str) -> None:
        """The first one names groups of columns."""
        found = roster(f"{above}\nID,Name,Email,HW 1,HW 2\n7,Ada,a@u,,\n8,Bob,b@u,1,2\n")
        assert [(person.id, person.name, person.email) for person in found.people] == [
            ("7", "Ada", "a@u"),
            ("8", "Bob", "b@u"),
        ]
        assert found.table.filled({(1, 3): "5"}).decode().splitlines()[-1] == "8,Bob,b@u,5,2"

    @pytest.mark.parametrize("head", ["Group,Student,Student", "Team,Login,Login", "Team,Email,Email"])
    def test_two_people_in_a_row_are_refused(self, head: str) -> None:
        """One would get the other's grade. A column that is there twice does no harm."""
        with pytest.raises(UnreadableTable, match="so it is not clear who is in a row: give each person a row"):
            roster(f"{head}\nA,ada@u,bob@u\nB,cy@u,di@u\n")
        assert len(roster(f"{head}\nA,ada@u,ADA@u\nB,cy@u,\n").people) == 2

    def test_headings_among_the_people_are_nobody(self) -> None:
        """As in two lists below each other, or in two languages."""
        found = roster("ID,Name,Email\nMatrikelnummer,Name,E-Mail\n7,Ada,a@u\n\nID,Name,Email\n8,Bob,b@u\n")
        assert [person.name for person in found.people] == ["Ada", "Bob"]

    def test_a_code_that_people_share_is_not_an_id(self) -> None:
        """Such as that of the course: two people of one name stay two."""
        people = roster("codigo,name,email\nDL,Eve,e1@u\nDL,Eve,e2@u\nDL,Bob,b@u\nDL,Ann,a@u\n").people
        assert [person.email for person in people] == ["e1@u", "e2@u", "b@u", "a@u"]

    def test_an_id_of_two_people_is_reported(self) -> None:
        """A mistake in the roster removes nobody."""
        found = roster("id,name\n1,Alice\n1,Bob\n2,Carl\n2,Carl\n")
        assert found.warnings == ("the roster lists id 1 for Alice and Bob: submissions under it are not matched",)
        assert len(found.people) == 3

    def test_a_row_that_adds_people_up_is_nobody(self) -> None:
        """A student whose family name is Total is somebody."""
        found = roster("login,name\njdoe,Jane Doe\nTotal,1\nMean,,\n")
        assert [person.name for person in found.people] == ["Jane Doe"]
        assert [person.name for person in roster("id,name\n7,Total\n").people] == ["Total"]

    def test_a_name_that_was_encoded_twice_is_shown_as_it_was_meant(self) -> None:
        """As in grades.csv and on pages."""
        (person,) = roster("id,name\n1,JosÃ© MÃ¼ller\n").people
        assert person.name == "José Müller"

    def test_rounded_ids_are_reported_and_not_used(self) -> None:
        """Two people may have got the same one."""
        found = roster("id,name\n4.71E+18,Ann\n4.71E+18,Bob\n")
        assert [(person.id, person.ids) for person in found.people] == [("", ()), ("", ())]
        assert "a spreadsheet has rounded 2 ids (such as 4.71E+18); they are not used" in found.warnings[0]


_PEOPLE = 'id,login,name,email\n00123,jdoe,"Doe, Jane",jane.doe@u.example\n456,bok,Ben Ok,ben@u.example\n'


class TestEvidence:
    """What identifies somebody."""

    @pytest.mark.parametrize(
        "claim",
        [
            Claim("x", id="00123"),
            Claim("x", email="Jane.Doe@U.example"),
            Claim("x", login="JDoe"),
            Claim("x", id="jdoe"),
            Claim("x", name="Jane Doe"),
            Claim("x", name="Doe, Jane"),
            Claim("x", name="doejane"),
            Claim("x", aliases=("jdoe",)),
            *(
                Claim("x", called=name)
                for name in ("00123", "jdoe", "jane.doe@u.example", "jane.doe", "Jane Doe", "doe_jane", "JaneDoe")
            ),
        ],
    )
    def test_one_thing_is_enough(self, claim: Claim) -> None:
        """An id, an address, a login, or a whole name in either order."""
        found = match([claim], roster(_PEOPLE))
        assert owners(found) == {"x": "Doe, Jane"}
        assert found.told == ()
        assert [person.name for person in found.absent] == ["Ben Ok"]

    @pytest.mark.parametrize("name", ["ben_2", "456_backward", "ben", "J. Doe", "Jane D", "Jane", "hw456", "b ok", ""])
    def test_a_part_is_not(self, name: str) -> None:
        """Digits in a name are no id, and initials and first names identify nobody."""
        found = match([Claim("x", called=name, person="x")], roster(_PEOPLE.replace("ben@", "ok@")))
        assert found.nobody == ("x",)

    def test_a_login_may_end_like_a_file(self) -> None:
        """`john.lock` is a person's."""
        found = match([Claim("john.lock", called="john", ending=".lock")], roster("login\njohn.lock\nlee\n"))
        assert list(found.owners) == ["john.lock"]

    @pytest.mark.parametrize("claimed", ["Jose Alvarez", "alvarezjose"])
    def test_accents_are_weaker_evidence(self, claimed: str) -> None:
        """It is told; somebody who is called exactly so comes first."""
        found = match([Claim("x", name=claimed)], roster("id,name\n1,José Álvarez\n"))
        assert owners(found) == {"x": "José Álvarez"}
        assert found.told == ("x is matched with José Álvarez (1): the names differ only in accents",)
        found = match([Claim("x", name=claimed)], roster("id,name\n1,José Álvarez\n2,Jose Alvarez\n"))
        assert owners(found) == {"x": "Jose Alvarez"}

    def test_umlauts_may_be_spelled_out(self) -> None:
        """As in a login."""
        assert owners(match(called("Joerg Mueller"), roster("name\nJörg Müller\n"))) == {"Joerg Mueller": "Jörg Müller"}

    def test_an_accent_may_be_encoded_in_two_ways_or_damaged(self) -> None:
        """macOS takes names apart, spreadsheets double-encode them."""
        for name in (unicodedata.normalize("NFD", "Jörg Müller"), "JÃ¶rg MÃ¼ller"):
            assert match(called(name), roster("name\nJörg Müller\n")).told == ()
            (owner,) = owners(match(called("Jörg Müller"), roster(f"name\n{name}\n"))).values()
            assert unicodedata.normalize("NFC", owner) == "Jörg Müller"

    def test_lost_zeros_are_weaker_evidence(self) -> None:
        """They are told, and count only one to one."""
        found = match(called("777777"), roster("id,name\n00777777,Seven\n"))
        assert owners(found) == {"777777": "Seven"}
        assert found.told == (
            "777777 is matched with Seven (00777777): the ids differ only in leading zeros, which spreadsheets remove",
        )
        assert match(called("777777"), roster("id,name\n00777777,Seven\n0777777,Eight\n")).owners == {}
        assert match(called("777777", "0777777"), roster("id,name\n00777777,Seven\n")).owners == {}
        assert owners(match(called("777777", "00777777"), roster("id,name\n00777777,Seven\n"))) == {"00777777": "Seven"}

    def test_a_single_clone_ends_in_the_login(self) -> None:
        """It is told; names of two people, short ends and numbers are not read like that."""
        people = roster("github_username,name\nada-l,Ada Lovelace\nbobk,Bob Kahn\nxy,Xi Yu\n1234,Num Ber\n")
        found = match(called("hw1-ada-l"), people)
        assert owners(found) == {"hw1-ada-l": "Ada Lovelace"}
        why = "its name ends in their user name, as a clone's"
        assert found.told == (f"hw1-ada-l is matched with Ada Lovelace (ada-l): {why}",)
        assert match(called("bob-ada-l", "ada-bobk", "part-xy", "hw1-1234", "hw1bobk", "hw1_bobk"), people).owners == {}
        assert match(called("hw1-bobk", "hw2-bobk"), people).owners == {}
        assert owners(match(called("hw1-bobk", "bobk"), people)) == {"bobk": "Bob Kahn"}

    def test_scripts_with_marks_are_whole_words(self) -> None:
        """Hindi writes vowels as marks."""
        assert match(called("प्रिया_शर्मा"), roster("name\nशर्मा प्रिया\n")).nobody == ()


class TestDoubt:
    """A wrong owner is worse than none."""

    def test_two_people_of_one_name_get_nothing_by_it(self) -> None:
        """It is told, and both stay absent."""
        found = match(called("Maria Garcia"), roster('id,name\n101,"Garcia, Maria"\n102,"Garcia, Maria"\n'))
        assert found.told == (
            "Maria Garcia: may belong to Garcia, Maria (101) or Garcia, Maria (102); matched to nobody",
        )
        assert found.owners == {}
        assert found.nobody == ("Maria Garcia",)
        assert found.unclear == {0: ("Maria Garcia",), 1: ("Maria Garcia",)}

    def test_other_evidence_tells_them_apart(self) -> None:
        """An id, an address or a login."""
        people = roster('id,name\n101,"Garcia, Maria"\n102,"Garcia, Maria"\n')
        found = match([Claim("x", id="102", name="Maria Garcia"), Claim("y", id="101", name="Maria Garcia")], people)
        assert {name: person.id for name, person in found.owners.items()} == {"x": "102", "y": "101"}

    def test_two_addresses_with_one_local_part_are_told_apart_by_the_whole(self) -> None:
        """The part before the @ alone identifies nobody."""
        people = roster("name,email\nBen Cs,ben@cs\nBen Math,ben@math\n")
        assert match(called("ben"), people).owners == {}
        assert owners(match([Claim("x", email="ben@math")], people)) == {"x": "Ben Math"}

    def test_a_login_that_is_somebody_elses_address_identifies_nobody(self) -> None:
        """It is not known what the folder was named by."""
        assert match(called("ben"), roster("login,email\nben,x@cs\nb2,ben@math\n")).owners == {}

    def test_contradictory_evidence_is_told(self) -> None:
        """The id says one person, the name another."""
        found = match([Claim("x", id="456", name="Jane Doe")], roster(_PEOPLE))
        why = "its id 456 belongs to Ben Ok (456), but its name Jane Doe belongs to Doe, Jane (00123)"
        assert found.told == (f"x: {why}; matched to nobody",)
        assert found.owners == {}

    def test_a_name_that_nobody_has_contradicts_nothing(self) -> None:
        """People go by other names."""
        assert owners(match([Claim("x", id="456", name="Benny")], roster(_PEOPLE))) == {"x": "Ben Ok"}

    def test_a_number_of_somebody_who_is_called_otherwise_is_told(self) -> None:
        """It may come from another system; the same name in another script does not count as another name."""
        found = match([Claim("x", id="456", name="Sam Roe")], roster(_PEOPLE))
        assert found.told == ("x: its id 456 belongs to Ben Ok (456), not to Sam Roe; matched to nobody",)
        assert owners(match([Claim("x", id="1", name="Wei Zhang")], roster("id,name\n1,张伟\n"))) == {"x": "张伟"}

    @pytest.mark.parametrize(
        ("claim", "people"),
        [
            (Claim("x", id="101", name="doejane"), "id,login,name\n101,101,Ben Ok\n"),
            (Claim("x", login="jdoe", name="Doe, Jane"), "login,name\njdoe,Ben Ok\n"),
            (Claim("x", email="roe@u", name="Jane Doe"), "email,name\nroe@u,Ben Ok\n"),
            (Claim("x", aliases=("jdoe",), name="Jane Doe", called="jdoe"), "login,name\njdoe,Ben Ok\n"),
            (Claim("x", id="101", name="wongkevin"), "id,name\n101,Ann Ng\n"),
            (Claim("x", id="0101", name="doejane"), "id,name\n101,Ben Ok\n"),
        ],
    )
    def test_nothing_else_is_enough_against_a_name(self, claim: Claim, people: str) -> None:
        """Two systems may give one to two people, whatever they have it as, and whatever a spreadsheet made of it."""
        found = match([claim], roster(people))
        assert found.owners == {}
        assert "matched to nobody" in found.told[0]

    def test_a_clone_may_have_a_longer_login(self) -> None:
        """If the logins of a class begin alike, that seems to be the assignment's name."""
        claims = [Claim(f"hw-uni-{name}", login=name, called=f"hw-uni-{name}") for name in ("ada", "bob")]
        found = match(claims, roster("login,name\nuni-ada,Ada\nada,Zed\nbob,Bob\nhw,H W\n"))
        assert owners(found) == {"hw-uni-bob": "Bob"}
        assert found.told == ("hw-uni-ada: may belong to Ada (uni-ada) or Zed (ada); matched to nobody",)

    def test_a_name_may_be_written_otherwise(self) -> None:
        """With umlauts spelled out, without a space, or with one part of it as usual."""
        people = roster("id,name\n1,Jörg Müller\n2,Jane Doe\n3,Ben Ok\n")
        names = ("Joerg Mueller", "doejane marie", "Benjamin O.")
        claims = [Claim(f"{at}", id=f"{at}", name=name) for at, name in enumerate(names, 1)]
        assert owners(match(claims, people)) == {"1": "Jörg Müller", "2": "Jane Doe", "3": "Ben Ok"}

    def test_the_number_that_is_told_is_the_one_that_was_found(self) -> None:
        """Not another one of the same person."""
        found = match([Claim("x", id="s1", name="Sam Roe", aliases=("456",))], roster(_PEOPLE))
        assert found.told == ("x: its id 456 belongs to Ben Ok (456), not to Sam Roe; matched to nobody",)

    def test_two_submissions_of_one_person_are_told(self) -> None:
        """Neither counts."""
        found = match(called("jdoe", "Jane Doe"), roster(_PEOPLE))
        assert found.owners == {}
        why = "both seem to belong to Doe, Jane (00123), but are not attempts in one download"
        assert found.told == (f"jdoe and Jane Doe {why}; matched to nobody",)

    def test_attempts_in_one_download_belong_to_one_person(self) -> None:
        """All of them have the owner."""
        claims = [Claim(f"jdoe {number}", login="jdoe", person="jdoe", number=number) for number in (1, 2)]
        found = match(claims, roster(_PEOPLE))
        assert owners(found) == {"jdoe 1": "Doe, Jane", "jdoe 2": "Doe, Jane"}
        assert found.told == ()


class TestDecisions:
    """--match settles a case by hand."""

    @pytest.mark.parametrize("said", ["00123", "jdoe", "Jane Doe", "jane.doe@u.example"])
    def test_a_decision_is_stronger_than_everything(self, said: str) -> None:
        """Whatever it names the person by."""
        found = match([Claim("x", id="456")], roster(_PEOPLE), {"x": said})
        assert owners(found) == {"x": "Doe, Jane"}

    def test_the_other_submission_then_belongs_to_nobody(self) -> None:
        """Which is told."""
        found = match(called("jdoe", "Jane Doe"), roster(_PEOPLE), {"Jane Doe": "00123"})
        assert owners(found) == {"Jane Doe": "Doe, Jane"}
        assert found.told == (
            "jdoe: may belong to Doe, Jane (00123), to whom --match gives another submission; matched to nobody",
        )

    def test_two_submissions_given_to_one_person_are_attempts(self) -> None:
        """The instructor says so."""
        found = match(called("jdoe", "Jane Doe"), roster(_PEOPLE), {"Jane Doe": "00123", "jdoe": "00123"})
        assert len(found.owners) == 2
        assert found.told == ()

    @pytest.mark.parametrize("said", ["", "-", "nobody"])
    def test_a_submission_may_be_nobodys(self, said: str) -> None:
        """Then the other one counts."""
        found = match(called("jdoe", "Jane Doe"), roster(_PEOPLE), {"jdoe": said})
        assert owners(found) == {"Jane Doe": "Doe, Jane"}
        assert found.nobody == ("jdoe",)

    def test_a_submission_is_named_by_its_key_too(self) -> None:
        """That of its row in grades.csv."""
        assert list(match([Claim("x", key="bcdfghjklm")], roster(_PEOPLE), {"bcdfghjklm": "456"}).owners) == ["x"]

    @pytest.mark.parametrize(
        ("decided", "said"),
        [
            ({"jdo": "456"}, r"--match: there is no submission jdo. Did you mean jdoe\?"),
            ({"456": "jdoe"}, r"--match: there is no submission 456. Are its columns swapped\?"),
            ({"jdoe": "456", "JDoe": "00123"}, "--match decides twice about jdoe: leave one of the rows"),
            ({"jdoe": "Ben O"}, r"--match gives jdoe to Ben O, who is not on the roster. Did you mean Ben Ok\?"),
        ],
    )
    def test_unknown_names_are_refused(self, decided: Mapping[str, str], said: str) -> None:
        """With the one that was meant."""
        with pytest.raises(UnreadableTable, match=said):
            match(called("jdoe"), roster(_PEOPLE), decided)

    def test_a_name_of_two_people_is_refused(self) -> None:
        """An id tells them apart."""
        with pytest.raises(UnreadableTable, match=r"that may be Eve \(1\) or Eve \(2\): write an id"):
            match(called("x"), roster("id,name\n1,Eve\n2,Eve\n"), {"x": "Eve"})


_WORDS = st.sampled_from(
    ["Ann", "Bo", "José", "Jose", "Müller", "Mueller", "Li", "Na", "A", "B", "王", "伟", "2", "007"]
)
_NAMES = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_IDS = st.sampled_from(["", "1", "2", "3", "007", "07", "7", "44", "4.71E+18"])
_LOGINS = st.sampled_from(["", "ann", "bo", "a", "ben_2", "li.na", "jose"])
_STUDENT = st.tuples(_IDS, _LOGINS, _NAMES, _LOGINS)
_FORM = st.sampled_from([str, str.upper, lambda text: unicodedata.normalize("NFD", text), lambda text: f"{text}_2"])


def _text(students: list[tuple[str, str, str, str]]) -> str:
    lines = [f"{number},{login},{name},{local and local + '@u'}" for number, login, name, local in students]
    return "\n".join(["id,login,name,email", *lines, ""])


class TestAnyClass:
    """Random rosters and names of folders: nobody gets what is not theirs."""

    @given(st.lists(_STUDENT, min_size=1, max_size=8), st.data())
    def test_every_match_is_one_to_one(self, students: list[tuple[str, str, str, str]], data: st.DataObject) -> None:
        """No submission has two owners, and nobody two submissions that are not attempts of one download."""
        marks = [mark for student in students for mark in student if mark]
        names = data.draw(st.lists(st.tuples(st.sampled_from(marks), _FORM), max_size=8))
        claims = [Claim(f"{at}", called=form(mark), person=f"{at}") for at, (mark, form) in enumerate(names)]
        found = match(claims, roster(_text(students)))
        rows = [person.row for person in found.owners.values()]
        assert len(rows) == len(set(rows))
        assert sorted([*found.owners, *found.nobody]) == sorted(claim.submission for claim in claims)
        absent = {person.row for person in found.absent}
        assert absent.isdisjoint(rows)
        assert len(absent) + len(rows) == len(found.owners) + len(found.absent)

    @given(st.lists(_NAMES, min_size=2, max_size=8), st.data())
    def test_whoever_is_named_without_doubt_gets_it_and_nobody_else(
        self, names: list[str], data: st.DataObject
    ) -> None:
        """Two rows of one name get nothing by it."""
        students = [(f"s{at:03}", f"u{at}", name, f"m{at}") for at, name in enumerate(names)]
        how = data.draw(st.lists(st.sampled_from(["id", "login", "name", "turned", "nfd"]), max_size=len(names),
                                 min_size=len(names)))  # fmt: skip
        claims = []
        for kind, (number, login, name, _) in zip(how, students, strict=True):
            first, *rest = name.split()
            text = {
                "id": number,
                "login": login,
                "name": name,
                "turned": " ".join([*rest, first]),
                "nfd": unicodedata.normalize("NFD", name),
            }[kind]
            claims.append(Claim(number, called=text, person=number))
        found = match(claims, roster(_text(students)))
        for submission, person in found.owners.items():
            assert person.id == submission
        for claim, kind in zip(claims, how, strict=True):
            if kind in ("id", "login"):
                others = [each for each in claims if each is not claim and each.submission in found.nobody]
                assert claim.submission in found.owners or others

    @given(st.lists(_STUDENT, min_size=1, max_size=6), st.lists(_STUDENT, max_size=6))
    def test_platforms_data_gives_nobody_two_submissions(
        self, students: list[tuple[str, str, str, str]], handed_in: list[tuple[str, str, str, str]]
    ) -> None:
        """And contradictions none at all."""
        claims = [
            Claim(f"{at}", id=number, login=login, name=name, email=local and f"{local}@u", person=f"{at}")
            for at, (number, login, name, local) in enumerate(handed_in)
        ]
        found = match(claims, roster(_text(students)))
        rows = [person.row for person in found.owners.values()]
        assert len(rows) == len(set(rows))
        for claim in claims:
            if (owner := found.owners.get(claim.submission)) is not None:
                others = [person for person in roster(_text(students)).people if person.row != owner.row]
                assert not any(claim.id in person.ids and claim.id not in owner.ids for person in others if claim.id)
