"""Which person on a roster a submission belongs to: one to one, by the strongest evidence, or by nothing at all.

A wrong owner is worse than none. What identifies several people, what is contradicted by other evidence, and what two
different submissions claim is reported and given to nobody, until a person decides (`--match`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from grader.classroom.people.name_forms import alike, as_claimed, folded, in_any_order, plain, weakly, words
from grader.classroom.tables.table import UnreadableTable
from grader.exercise.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.classroom.people.roster import Person, Roster

NOBODY = ("", "-", "nobody")
"""What a decision says if a submission is to have no owner."""
_SHORTEST_LOGIN = 3
"""Of what is read from the end of a folder's name: `part-a` is nobody's."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of one submission's owner, in the order of its weight; fields are empty if unknown."""

    submission: str
    """The submission's name."""
    key: str = ""
    """The key of its row in grades.csv."""
    id: str = ""
    """An id that a platform wrote, never digits out of a name that a person chose."""
    email: str = ""
    login: str = ""
    name: str = ""
    """The owner's name as the platform wrote it: `Jane Doe`, `doejane`."""
    called: str = ""
    """The name of the folder or file, if a person chose it: it may be an id, an address, a login or a name."""
    ending: str = ""
    """The extension that `called` had, if a login may end like that: `.lock` of `john.lock`."""
    person: str = ""
    """Identifies the owner among the submissions of one download: attempts of one person share it."""
    at: str = ""
    """When it was handed in, ISO 8601 with a time zone if it is known; empty if unknown."""
    number: int = 0
    """The number of the attempt, if there are several."""
    aliases: tuple[str, ...] = ()
    """Further ids, logins and addresses of the owner, as a roster lists them."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Who handed in what."""

    owners: Mapping[str, Person]
    """Submission -> its owner. Several submissions of one person are that person's attempts only if their `person`
    is the same, or --match says so; otherwise none of them has an owner."""
    nobody: tuple[str, ...]
    """Submissions without an owner."""
    absent: tuple[Person, ...]
    """Students, without test students and staff, who have no submission."""
    told: tuple[str, ...]
    """What a person has to look at: ambiguous, contradictory and doubled matches, one sentence each."""
    unclear: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Row of a person -> submissions that may be theirs, but are given to nobody."""


class _Evidence(NamedTuple):
    """People whom one kind of evidence identifies."""

    what: str
    """The evidence, for a sentence: `id 4711`."""
    rows: frozenset[int]
    by_name: bool
    """Whether it is the owner's name. Everything else may come from a system that gives it to somebody else."""


def match(claims: Sequence[Claim], roster: Roster, decided: Mapping[str, str] | None = None) -> Matches:
    """Match submissions with people, unique on both sides.

    Args:
        claims: what is known of each submission.
        roster: the people.
        decided: submission -> a person's id, login, address or name, or empty for nobody, from --match.

    Raises:
        UnreadableTable: a decision names nobody, or several people.
    """
    return _Matching(claims, roster, decided or {}).matches()


@dataclass(slots=True)
class _Index:
    """The people on a roster by each form of what identifies them."""

    people: Mapping[int, Person]
    ids: Mapping[str, frozenset[int]]
    logins: Mapping[str, frozenset[int]]
    emails: Mapping[str, frozenset[int]]
    locals: Mapping[str, frozenset[int]]
    """By the part of an address before the @."""
    names: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, people: Iterable[Person]) -> _Index:
        people = tuple(people)

        def by(forms: Callable[[Person], Iterable[str]]) -> Mapping[str, frozenset[int]]:
            return _indexed(people, forms)

        return cls(
            {person.row: person for person in people},
            by(lambda person: map(folded, person.ids)),
            by(lambda person: map(folded, person.logins)),
            by(lambda person: map(folded, person.emails)),
            by(lambda person: (folded(each).partition("@")[0] for each in person.emails)),
            by(lambda person: in_any_order(person.name)),
        )

    def claimed(self, claim: Claim) -> Iterator[_Evidence]:
        """The evidence for a claim, the strongest first."""
        named = ((self.names, as_claimed(claim.name), claim.name),)
        for what, by_name, looked_up in (
            ("id", False, _each(self.ids, claim.id, *claim.aliases)),
            ("address", False, _each(self.emails, claim.email, *claim.aliases)),
            ("login", False, (*_each(self.logins, claim.login, *claim.aliases, claim.id),
                              *_each(self.logins, *self._longer_logins(claim)),
                              *_each(self.ids, claim.login))),
            ("name", True, named),
        ):  # fmt: skip
            found = [(shown, rows) for index, form, shown in looked_up if form and (rows := index.get(form))]
            if found:
                yield _Evidence(f"{what} {found[0][0]}", frozenset().union(*(rows for _, rows in found)), by_name)
        if rows := self.called(claim):
            yield _Evidence(f"name {claim.called}", rows, by_name=False)

    def _longer_logins(self, claim: Claim) -> Iterator[str]:
        """If all names of clones begin with `hw-uni-`, `hw-uni-ada` may be a clone of `uni-ada` as well as of `ada`."""
        rest = claim.called.removesuffix(f"-{claim.login}")
        if rest != claim.called and folded(claim.login) in self.logins:
            yield from (claim.called[at + 1 :] for at, letter in enumerate(rest) if letter == "-")

    def called(self, claim: Claim) -> frozenset[int]:
        """Everybody whom a name that a person chose may mean: it is not known which kind of name it is."""
        found: frozenset[int] = frozenset()
        for text in dict.fromkeys((claim.called, claim.called + claim.ending if claim.called else "")):
            for index in (self.ids, self.logins, self.emails, self.locals):
                found |= index.get(folded(text), frozenset()) if text else frozenset()
            found |= _all(self.names, [as_claimed(text)])
        return found


def _indexed(people: Iterable[Person], forms: Callable[[Person], Iterable[str]]) -> Mapping[str, frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for person in people:
        for form in forms(person):
            found[form].add(person.row)
    return {form: frozenset(rows) for form, rows in found.items() if form}


def _each(index: Mapping[str, frozenset[int]], *texts: str) -> Iterator[tuple[Mapping[str, frozenset[int]], str, str]]:
    """Where to look up each of these texts, its form there, and the text."""
    return ((index, folded(text), text) for text in texts)


def _all(index: Mapping[str, frozenset[int]], forms: Iterable[str]) -> frozenset[int]:
    return frozenset().union(*(index.get(form, frozenset()) for form in forms if form))


class _Matching:
    """One matching of submissions with people. A group is the attempts of one person."""

    def __init__(self, claims: Sequence[Claim], roster: Roster, decided: Mapping[str, str]) -> None:
        self.claims = claims
        self.roster = roster
        self.index = _Index.of(roster.people)
        self.people = self.index.people
        self.words = {
            word for person in roster.people for text in (person.name, *person.logins) for word in words(text)
        }
        self.told: list[str] = []
        self.owners: dict[str, int] = {}
        self.unclear: defaultdict[int, list[str]] = defaultdict(list)
        self.decided = self._decisions(decided)

    def matches(self) -> Matches:
        groups = self._groups()
        candidates: dict[str, int] = {}
        open_: list[str] = []
        for group, claims in groups.items():
            rows = self._candidates(claims)
            if rows is None:
                continue
            if len(rows) == 1:
                candidates[group] = next(iter(rows))
            elif not rows:
                open_.append(group)
        self._give(candidates, groups)
        self._give_by_weak_evidence({group: groups[group] for group in open_})
        order = {claim.submission: self.people[self.owners[claim.submission]]
                 for claim in self.claims if claim.submission in self.owners}  # fmt: skip
        taken = set(self.owners.values())
        return Matches(
            order,
            tuple(claim.submission for claim in self.claims if claim.submission not in self.owners),
            tuple(person for person in self.roster.people if person.student and person.row not in taken),
            tuple(self.told),
            {row: tuple(names) for row, names in self.unclear.items() if row not in taken},
        )

    # Decisions

    def _decisions(self, decided: Mapping[str, str]) -> dict[str, int | None]:
        by_name = _submissions(self.claims)
        found: dict[str, int | None] = {}
        for text, said in decided.items():
            names = by_name.get(folded(text), [])
            if not names:
                known = [claim.submission for claim in self.claims]
                swapped = folded(said) in by_name
                hint = "Are its columns swapped?" if swapped else did_you_mean(text, known, "")
                raise UnreadableTable(f"--match: there is no submission {text}. {hint}".strip())
            if len(names) > 1:
                raise UnreadableTable(f"--match: {text} is the name of {len(names)} submissions: {_some(names)}")
            person = self._decided_person(text, said)
            if found.setdefault(names[0], person) != person:
                raise UnreadableTable(f"--match decides twice about {names[0]}: leave one of the rows")
        return found

    def _decided_person(self, submission: str, said: str) -> int | None:
        if folded(said) in NOBODY:
            return None
        exact = (self.index.ids, self.index.emails, self.index.logins)
        rows = _all(self.index.names, [as_claimed(said)]).union(*(_all(index, [folded(said)]) for index in exact))
        if not rows:
            known = [
                text for person in self.people.values() for text in (person.name, person.id, *person.logins) if text
            ]
            meant = did_you_mean(said, known, "")
            raise UnreadableTable(f"--match gives {submission} to {said}, who is not on the roster. {meant}".strip())
        if len(rows) > 1:
            raise UnreadableTable(
                f"--match gives {submission} to {said}, but that may be {self._people(rows)}: write an id that only "
                "one of them has"
            )
        return next(iter(rows))

    def _groups(self) -> dict[str, list[Claim]]:
        """The submissions that are not decided, as attempts of one person; those of somebody decided follow."""
        for submission, row in self.decided.items():
            if row is not None:
                self.owners[submission] = row
        groups: dict[str, list[Claim]] = {}
        for number, claim in enumerate(self.claims):
            groups.setdefault(f"={claim.person}" if claim.person else f"#{number}", []).append(claim)
        left: dict[str, list[Claim]] = {}
        for group, claims in groups.items():
            rest = [claim for claim in claims if claim.submission not in self.decided]
            rows = {self.owners[claim.submission] for claim in claims if claim.submission in self.owners}
            if len(rows) == 1:
                self.owners |= dict.fromkeys((claim.submission for claim in rest), next(iter(rows)))
            elif rest:
                left[group] = rest
        return left

    # Evidence

    def _candidates(self, claims: Sequence[Claim]) -> frozenset[int] | None:
        """Whom these attempts may belong to: nobody, one person, or None if that is not clear, which is told."""
        found: _Evidence | None = None
        evidence = [each for claim in claims for each in self.index.claimed(claim)]
        for each in evidence:
            if found is None:
                found = each
            elif found.rows & each.rows:
                found = found._replace(rows=found.rows & each.rows)
            else:
                first, second = (f"{some.what} belongs to {self._people(some.rows)}" for some in (found, each))
                self._doubt(claims, found.rows | each.rows, f"its {first}, but its {second}")
                return None
        rows = found.rows if found else frozenset()
        if len(rows) > 1:
            self._doubt(claims, rows, f"may belong to {self._people(rows)}")
            return None
        if found and not any(each.by_name for each in evidence):
            stranger = self._stranger(claims, min(rows))
            if stranger:
                self._doubt(claims, rows, f"its {found.what} belongs to {self._people(rows)}, not to {stranger}")
                return None
        return rows

    def _stranger(self, claims: Iterable[Claim], row: int) -> str:
        """The name on these submissions if the person in this row is called otherwise; empty if they may be one."""
        return next((each.name for each in claims if not alike(each.name, self.people[row].name)), "")

    def _doubt(self, claims: Sequence[Claim], rows: Iterable[int], why: str) -> None:
        named = _some([claim.submission for claim in claims])
        self.told.append(f"{named}: {why}; matched to nobody")
        for row in rows:
            self.unclear[row] += [claim.submission for claim in claims]

    def _give(self, candidates: Mapping[str, int], groups: Mapping[str, Sequence[Claim]]) -> None:
        """Give each person the attempts that only this person may have handed in."""
        decided = set(self.owners.values())
        of_person: dict[int, list[str]] = {}
        for group, row in candidates.items():
            of_person.setdefault(row, []).append(group)
        for row, several in of_person.items():
            names = [claim.submission for group in several for claim in groups[group]]
            person = self.people[row]
            if row in decided:
                why = f"may belong to {person}, to whom --match gives another submission"
                self.told.append(f"{_some(names)}: {why}; matched to nobody")
            elif len(several) > 1:
                all_ = "both" if len(names) == 2 else "all"
                why = f"{all_} seem to belong to {person}, but are not attempts in one download"
                self.told.append(f"{_some(names)} {why}; matched to nobody")
                self.unclear[row] += names
            else:
                self.owners |= dict.fromkeys(names, row)

    def _give_by_weak_evidence(self, groups: Mapping[str, Sequence[Claim]]) -> None:
        """What differs only in accents or lost zeros, or is a single clone, if one to one; each such match is told."""
        people = self.people.values()
        by_name = _indexed(people, lambda person: weakly(person.name))
        by_number = _indexed(people, lambda person: (zeros for each in person.ids if (zeros := _without_zeros(each))))
        for index, forms, why in (
            (by_name, _weak_names, "the names differ only in accents"),
            (by_number, _weak_numbers, "the ids differ only in leading zeros, which spreadsheets remove"),
            (self.index.logins, self._ends, "its name ends in their user name, as a clone's"),
        ):
            self._give_weakly(groups, index, forms, why)

    def _ends(self, claim: Claim) -> Iterator[str]:
        """The logins that a clone called ASSIGNMENT-LOGIN may have; in `bob-ada`, the beginning is a person, too."""
        name = folded(claim.called)
        for at in (at for at, letter in enumerate(name) if letter == "-"):
            login = name[at + 1 :]
            if len(login) >= _SHORTEST_LOGIN and not login.isdecimal() and self.words.isdisjoint(words(name[:at])):
                yield login

    def _give_weakly(
        self,
        groups: Mapping[str, Sequence[Claim]],
        index: Mapping[str, frozenset[int]],
        forms: Callable[[Claim], Iterable[str]],
        why: str,
    ) -> None:
        claiming: defaultdict[int, list[str]] = defaultdict(list)
        rows_of = {group: _all(index, [form for claim in claims for form in forms(claim)])
                   for group, claims in groups.items()}  # fmt: skip
        for group, rows in rows_of.items():
            for row in rows:
                claiming[row].append(group)
        for group, rows in rows_of.items():
            names = [claim.submission for claim in groups[group]]
            if not rows or any(name in self.owners for name in names):
                continue
            row = min(rows)
            free = row not in self.unclear and row not in self.owners.values()
            if free and len(rows) == len(claiming[row]) == 1 and not self._stranger(groups[group], row):
                self.owners |= dict.fromkeys(names, row)
                self.told.append(f"{_some(names)} is matched with {self.people[row]}: {why}")
            else:
                self._doubt(groups[group], rows, f"may belong to {self._people(rows)}, since {why}")

    def _people(self, rows: Iterable[int]) -> str:
        return _some([str(self.people[row]) for row in sorted(rows)], "or")


def _submissions(claims: Sequence[Claim]) -> dict[str, list[str]]:
    """Name or key -> the submissions that have it; the original name of a file or folder counts, too."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for claim in claims:
        for text in {folded(each) for each in (claim.submission, claim.key, claim.called + claim.ending) if each}:
            found[text].append(claim.submission)
    exact = {folded(claim.submission): claim.submission for claim in claims}
    return {text: [exact[text]] if text in exact else names for text, names in found.items()}


def _weak_names(claim: Claim) -> Iterator[str]:
    for name in (claim.name, claim.called):
        if name:
            yield as_claimed(plain(name))


def _weak_numbers(claim: Claim) -> Iterator[str]:
    for number in (claim.id, claim.called):
        if zeros := _without_zeros(number):
            yield zeros


def _without_zeros(number: str) -> str:
    """A number without leading zeros; empty for anything else."""
    text = folded(number)
    return text.lstrip("0") if text.isdecimal() else ""


def _some(names: Sequence[str], word: str = "and") -> str:
    """Names in a sentence."""
    shown = list(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        return f"{', '.join(shown)} {word} {len(names) - _MOST_NAMED} more"
    return f" {word} ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
