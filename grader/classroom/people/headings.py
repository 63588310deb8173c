"""What a column of a table of people holds, by its heading: in many languages, and as learning platforms write it."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from grader.classroom.people.name_forms import plain
from grader.classroom.tables.encoding import repaired

if TYPE_CHECKING:
    from collections.abc import Sequence


class Heading(StrEnum):
    """What a column holds."""

    ID = "id"
    LOGIN = "login"
    NAME = "name"
    FIRST = "first name"
    LAST = "last name"
    EMAIL = "email"
    ROLE = "role"


# English with the platforms' headings, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish, Czech,
# Swedish, Danish, Norwegian, Finnish, Hungarian, Romanian, Greek, Russian, Chinese, Japanese, Korean.
_HEADINGS = {
    Heading.ID: """
        id; sid; student id; studentid; student number; student no; student; sis id; sis user id; integration id;
        user id; userid; id number; idnumber; identifier; roster identifier; external id; orgdefinedid;
        org defined id; participant; participant id; display id; campus id; university id; uni id; uin; nuid;
        matriculation number; matric number; matric no; registration number; enrollment number; enrolment number;
        roll number; roll no; github id; anonymous id;
        matrikelnummer; matrikel nr; matrikelnr; matr nr; matrnr; matrikel; studierendennummer; id nummer;
        teilnehmer in; teilnehmer; teilnehmer id; teilnehmernummer; identifikator; personenkennung;
        benutzer id; anzeige id; angezeigte id;
        numero etudiant; numero d etudiant; no etudiant; n etudiant; code etudiant; identifiant etudiant; matricule;
        numero d identification; participant e; id utilisateur; identifiant utilisateur; id affiche;
        identifiant affiche;
        matricula; numero de matricula; numero de estudiante; expediente; numero de expediente; dni;
        numero de identificacion; numero de id; identificador; codigo; codigo de estudiante; legajo;
        numero de control; participante; id de usuario; id usuario; id visible; id mostrado; id para mostrar;
        matricola; numero di matricola; codice studente; identificativo; codice identificativo; partecipante;
        numero de aluno; n de aluno; numero mecanografico; ra; numero usp; numero de identificacao;
        studentnummer; student nummer; snummer; s nummer; leerlingnummer; deelnemer; identificatie;
        numer albumu; nr albumu; numer indeksu; nr indeksu; identyfikator; uczestnik;
        ogrenci no; ogrenci numarasi; kimlik numarasi; numara; osobni cislo; uco; cislo studenta;
        personnummer; studienummer; studienr; kandidatnummer; opiskelijanumero; neptun; neptun kod; numar matricol;
        αριθμος μητρωου; αμ; номер зачётки; номер зачётной книжки; номер студенческого билета; идентификатор;
        学号; 學號; 学籍番号; 学生番号; 학번
    """,
    Heading.LOGIN: """
        login; login id; login name; loginname; sis login id; username; usernames; user name; user; account;
        account name;
        netid; net id; unikey; uniqname; kerberos; eid; github; github username; github user; github login;
        github name; github handle; github account; gitlab username; handle;
        anmeldename; benutzername; benutzerkennung; benutzer; kennung; nutzername; nutzerkennung; rz kennung;
        unikennung; uni kennung; hochschulkennung; zugangskennung; kurzel;
        nom d utilisateur; nom utilisateur; identifiant; identifiant de connexion; compte;
        nombre de usuario; usuario; cuenta; nome utente; utente; nome de usuario; nome de utilizador; utilizador;
        gebruikersnaam; gebruiker; inlognaam; nazwa uzytkownika; uzytkownik; kullanici adi; uzivatelske jmeno;
        prihlasovaci jmeno; anvandarnamn; brugernavn; brukernavn; kayttajatunnus; felhasznalonev;
        nume utilizator; nume de utilizator; ονομα χρηστη; логин; имя пользователя;
        用户名; 账号; 帳號; 使用者名稱; ユーザー名; ユーザ名; ユーザーid;
        アカウント; ログイン; 아이디; 사용자 이름; 사용자명
    """,
    Heading.NAME: """
        name; full name; fullname; student name; student; students; learner; sortable name; display name;
        displayname; participant name; last name first name; first name last name;
        vollstandiger name; ganzer name; voller name; nachname vorname; vorname nachname; name vorname;
        vorname name; vor und nachname; studierende; studierender; teilnehmername;
        nom complet; nom et prenom; prenom et nom; nom prenom; prenom nom; etudiant; etudiant e;
        nombre completo; nombre y apellidos; apellidos y nombre; nombre y apellido; alumno; estudiante;
        nome completo; nome e cognome; cognome e nome; studente; nominativo; nome do aluno; aluno; estudante;
        volledige naam; naam; imie i nazwisko; nazwisko i imie; pelna nazwa; ad soyad; adi soyadi; tam adi; ogrenci;
        cele jmeno; jmeno a prijmeni; prijmeni a jmeno; fullstandigt namn; namn; fulde navn; fullt navn; navn; nimi;
        koko nimi; nev; teljes nev; nume complet; nume si prenume; ονοματεπωνυμο; фио; имя и фамилия; полное имя;
        студент; 姓名; 全名; 学生; 學生; 名字; 氏名; 名前; 学生氏名; フルネーム; 이름; 성명
    """,
    Heading.FIRST: """
        first name; firstname; first; given name; given names; givenname; forename; forenames; vorname; vornamen;
        rufname; prenom; prenoms; nombre; nombres; nome; voornaam; imie; ad; adi; jmeno; krestni jmeno; fornamn;
        fornavn; etunimi; keresztnev; utonev; prenume; ονομα; имя; 名
    """,
    Heading.LAST: """
        primer apellido; segundo apellido; last name; lastname; last; surname; family name; familyname; nachname;
        familienname; zuname; nom; nom de famille; apellido; apellidos; cognome; sobrenome; apelido; achternaam;
        nazwisko; soyad; soyadi;
        prijmeni; efternamn; efternavn; etternavn; sukunimi; vezeteknev; csaladnev; nume; επωνυμο; фамилия;
        姓; 氏; 성
    """,
    Heading.EMAIL: """
        email; e mail; mail; email address; e mail address; emailaddress; mail address; institution email;
        e mail adresse; emailadresse; email adresse; mailadresse; mail adresse;
        courriel; adresse de courriel; adresse courriel; adresse electronique; adresse e mail; adresse mail;
        correo; correo electronico; direccion de correo; direccion de correo electronico; direccion email;
        indirizzo email; indirizzo e mail; indirizzo mail; posta elettronica;
        endereco de email; endereco de e mail; endereco email; correio eletronico;
        e mailadres; emailadres; adres e mail; adres email; e posta; eposta; e posta adresi; emailova adresa;
        e post; epost; e postadress; epostadress; e postadresse; e mailadresse; sahkoposti; sahkopostiosoite;
        e mail cim; adresa de email; ηλεκτρονικη διευθυνση; электронная почта; адрес электронной почты; почта;
        电子邮件; 邮箱; 电子邮箱; 電子郵件; メールアドレス; メール; 이메일; 전자 우편
    """,
    Heading.ROLE: """
        role; roles; course role; enrollment role; user type; rolle; rollen; rolle im kurs; role s; rol; roles en el
        curso; ruolo; ruoli; papel; funcao; rola; role v kurzu; roller; roll; rooli; szerepkor; роль; 角色; 役割; ロール
    """,
}
EXAMPLES = "id, student number, login, username, name, first name, last name, email"


@cache
def _known() -> dict[str, tuple[Heading, ...]]:
    found: dict[str, tuple[Heading, ...]] = {}
    for kind, text in _HEADINGS.items():
        for each in text.split(";"):
            word = _simple(each)
            found[word] = (*found.get(word, ()), kind)
    return found


def _simple(heading: str) -> str:
    """A heading in lower case, without accents and punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", plain(repaired(heading))).split())


def is_known(heading: str) -> bool:
    """Whether this is the heading of a column of people."""
    return _simple(heading) in _known()


def kinds(head: Sequence[str], columns: Sequence[Sequence[str]]) -> dict[int, Heading]:
    """Column -> what it holds, for those with a known heading.

    Args:
        head: the headings.
        columns: each column's cells, which decide where a heading is used for two things, as `Student` is.
    """
    found = {at: options for at, each in enumerate(head) if (options := _known().get(_simple(each)))}
    sure = {at: options[0] for at, options in found.items() if len(options) == 1}
    for at in found.keys() - sure.keys():  # an id or a name
        sure[at] = _id_or_name(set(sure.values()), columns[at])
    return _parts_of_names(sure)


def _id_or_name(there: set[Heading], cells: Sequence[str]) -> Heading:
    """`Student` is what the other columns are not; if there are none, what its cells look like."""
    if there & {Heading.NAME, Heading.LAST}:
        return Heading.ID
    if there & {Heading.ID, Heading.LOGIN}:
        return Heading.NAME
    names = sum(bool(re.search(r"[^\W\d_][\s,]+[^\W\d_]", cell)) for cell in cells)
    return Heading.NAME if 2 * names > sum(bool(cell.strip()) for cell in cells) else Heading.ID


def _parts_of_names(found: dict[int, Heading]) -> dict[int, Heading]:
    """`Nom` and `Nombre` are a part of a name only beside the other part; `Name` beside `Vorname` is the last name."""
    there = set(found.values())
    if Heading.FIRST in there and Heading.LAST not in there and Heading.NAME in there:
        return {at: Heading.LAST if kind is Heading.NAME else kind for at, kind in found.items()}
    if (Heading.FIRST in there) != (Heading.LAST in there):
        return {at: Heading.NAME if kind in (Heading.FIRST, Heading.LAST) else kind for at, kind in found.items()}
    return found
