"""One zip with everybody in it: taken apart in a locked child, whatever it holds."""

from __future__ import annotations

import contextlib
import io
import random
import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from classroom import zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.intake.class_archive import read_archive
from grader.grading.submission import UnreadableSubmission
from grader.sandbox.child import unpacking
from grader.sandbox.protocol import wire
from grader.sandbox.protocol.wire import ProtocolError
from grader.sandbox.types import Member

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.classroom.intake.handed_in import HandedIn
    from grader.sandbox.client import Sandbox

CODE = "def dprobs(dlogprobs, probs): return dlogprobs / probs\n"


@pytest.fixture
def found(sandbox: Sandbox, tmp_path: Path) -> Callable[..., dict[str, HandedIn]]:
    """What is found in an archive of these files, or of these bytes."""

    def read(content: dict[str, str | bytes] | bytes, name: str = "hw4.zip") -> dict[str, HandedIn]:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else zipped(content))
        return {each.raw: each for each in read_archive(tmp_path / name, sandbox).handed_in}

    return read


def state(each: HandedIn) -> str:
    """Its files, or why there are none."""
    try:
        return " ".join(sorted(each.read("mlp").files))
    except UnreadableSubmission as error:
        return str(error)


class TestShapes:
    """What people and platforms pack."""

    @pytest.mark.parametrize(
        "files",
        [
            {"alice/backward.py": CODE, "bob/hw/backward.py": CODE},
            {"hw4/alice/backward.py": CODE, "hw4/bob/hw/backward.py": CODE, "__MACOSX/hw4/alice/._backward.py": "x"},
            {"hw4\\alice\\backward.py": CODE, "hw4\\bob\\hw\\backward.py": CODE},
        ],
    )
    def test_a_folder_for_each(self, files: dict[str, str], found: Callable[..., dict[str, HandedIn]]) -> None:
        """With or without a folder around it, packed on a Mac or on Windows."""
        assert {raw: state(each) for raw, each in found(files).items()} == {
            "alice": "backward.py",
            "bob": "hw/backward.py",
        }

    @pytest.mark.parametrize("name", ["hw4 (1).zip", "hw4-copy.zip", "Downloads.zip"])
    def test_a_folder_around_everybody_is_nobody(self, name: str, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Whatever the archive is called by now."""
        files = {"hw4/": b"", "hw4/ann/": b"", "hw4/ann/backward.py": CODE, "hw4/bob/hw/backward.py": CODE}
        assert {raw: state(each) for raw, each in found(files, name).items()} == {
            "ann": "backward.py",
            "bob": "hw/backward.py",
        }

    def test_a_copys_name_is_no_other_name(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Browsers number what is downloaded again."""
        assert list(found({"hw4/ann.py": CODE, "hw4/bob.py": CODE}, "hw4 (1).zip")) == ["ann", "bob"]

    def test_folders_in_each_other_around_everybody_are_nobody(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Somebody packed what had been unpacked."""
        assert list(found({"a/hw4/ann/backward.py": CODE, "a/hw4/bob/backward.py": CODE}, "x.zip")) == ["ann", "bob"]

    def test_one_persons_workspace_is_one_submission(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Its folders are called as the exercises are."""
        assert list(found({"ann/mlp/backward.py": CODE, "ann/rnn/backward.py": CODE}, "hw.zip")) == ["ann"]

    def test_canvas(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """A flat archive of mangled names."""
        files = {"doejohn_4711_1_backward.py": CODE, "roejane_LATE_4712_2_hw.zip": b"PK", "t_3_text.html": "<p>"}
        entries = found(files)
        assert state(entries["doejohn_4711"]) == "backward.py"
        assert (state(entries["roejane_4712"]), entries["roejane_4712"].who.late) == ("hw.zip", True)
        assert "text box" in state(entries["t_3"])

    def test_moodle(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Folders; those of people who handed in nothing are in the archive too."""
        entries = found({"Jo Doe_1_assignsubmission_file_/backward.py": CODE, "Ed Poe_2_assignsubmission_file_/": b""})
        assert state(entries["Jo Doe_1"]) == "backward.py"
        assert entries["Ed Poe_2"].missing

    def test_gradescope(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """One folder around everything, and who is who in a file of its own."""
        top = "assignment_1_export"
        yml = "submission_7:\n  :submitters:\n  - :name: Jane\n    :sid: s7\n"
        entries = found({f"{top}/submission_metadata.yml": yml, f"{top}/submission_7/backward.py": CODE})
        assert state(entries["submission_7"]) == "backward.py"
        assert entries["submission_7"].who.id == "s7"

    def test_an_essay_has_a_row(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Its bytes are not even taken out."""
        assert state(found({"alice/essay.pdf": "x" * 10, "bob/backward.py": CODE})["alice"]).startswith(
            "essay.pdf: neither"
        )

    def test_the_bytes_come_out_as_they_went_in(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """All of them, at any size up to the limit."""
        raw = random.Random(1).randbytes(200_000)
        assert found({"alice/backward.py": raw})["alice"].read("mlp").files["backward.py"] == raw


def packed(*infos: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """An archive that no honest tool writes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in infos:
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    """A symbolic link's entry."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted(data: bytes) -> bytes:
    """The flag that says so, set in both places."""
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[local + 6] |= 1
    changed[central + 8] |= 1
    return bytes(changed)


class TestHostile:
    """Each a row with its reason; the others are graded."""

    @pytest.mark.parametrize(
        ("entry", "raw", "reason"),
        [
            ((zipfile.ZipInfo("../../evil.py"), b"x"), "..", "outside its folder"),
            ((zipfile.ZipInfo("/etc/evil.py"), b"x"), "etc", "outside its folder"),
            ((link("eve/backward.py"), b"/etc/passwd"), "eve", "a link or a device"),
            ((zipfile.ZipInfo("eve/backward.py"), bytes(1 << 20)), "eve", "packed implausibly small"),
            ((zipfile.ZipInfo("eve/" + "x" * 300 + ".py"), b"x"), "eve", "too long"),
        ],
    )
    def test_a_bad_file_is_its_owners_row(
        self, entry: tuple[zipfile.ZipInfo, bytes], raw: str, reason: str, found: Callable[..., dict[str, HandedIn]]
    ) -> None:
        """And nobody else's."""
        entries = found(packed(entry, (zipfile.ZipInfo("bob/backward.py"), CODE.encode())))
        assert reason in state(entries[raw])
        assert state(entries["bob"]) == "backward.py"

    def test_an_encrypted_file_is_its_owners_row(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Nobody knows the password."""
        assert "encrypted" in state(found(encrypted(zipped({"eve/backward.py": CODE})))["eve"])

    def test_a_broken_member_is_its_owners_row(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Its checksum is wrong."""
        data = bytearray(zipped({"eve/backward.py": CODE * 9, "bob/backward.py": CODE}))
        data[60] ^= 0xFF
        entries = found(bytes(data))
        assert "cannot be read" in state(entries["eve"])
        assert state(entries["bob"]) == "backward.py"

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "not a readable zip archive"),
            (b"PK\x05\x06" + bytes(18), ""),
            (b"not a zip at all", "not a readable zip archive"),
            (zipped({"a/b.py": CODE})[:-20], "not a readable zip archive"),
            (zipped({"a/b.py": CODE})[:40], "not a readable zip archive"),
        ],
        ids=["nothing", "no members", "no zip", "end cut off", "head only"],
    )
    def test_a_broken_archive_is_said_to_be(
        self, data: bytes, reason: str, found: Callable[..., dict[str, HandedIn]]
    ) -> None:
        """There is nobody to make a row for."""
        if not reason:
            assert found(data) == {}
            return
        with pytest.raises(UnreadableSubmission, match=reason):
            found(data)

    def test_a_lie_about_the_number_of_files_is_found_out(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Or at least does no harm."""
        data = bytearray(zipped({"a/b.py": CODE}))
        end = data.rindex(b"PK\x05\x06")
        struct.pack_into("<HH", data, end + 8, 65535, 65535)
        assert list(found(bytes(data))) == ["a"]

    def test_a_bomb_of_many_files_is_refused(
        self, found: Callable[..., dict[str, HandedIn]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """More than a hundred thousand names."""
        files = {f"s{n}/x.py": b"" for n in range(unpacking.MOST_MEMBERS + 1)}
        with pytest.raises(UnreadableSubmission, match="the archive holds 50001 files; at most 50000 are read"):
            found(files)

    @given(data=st.data())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_flipped_bits_never_do_harm(self, data: st.DataObject, sandbox: Sandbox, tmp_path: Path) -> None:
        """Rows, or one sentence."""
        raw = bytearray(zipped({"a/backward.py": CODE, "b/backward.py": CODE * 3, "c/x.ipynb": "{}"}))
        for at in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=6)):
            raw[at] = data.draw(st.integers(0, 255))
        path = tmp_path / "class.zip"
        path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
        with contextlib.suppress(UnreadableSubmission):
            for each in read_archive(path, sandbox).handed_in:
                state(each)
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["class.zip"]


class TestFrames:
    """What a child that has been taken over may send."""

    @pytest.mark.parametrize("body", [b"", b"\x05\x00", b"\xff\xff\x00a", b"\x01\x00\x07a"])
    def test_a_member_that_is_none_is_a_violation(self, body: bytes) -> None:
        """Not an exception of another kind."""
        with pytest.raises(ProtocolError):
            unpacking.decode_member(body)

    @given(st.binary(max_size=40))
    def test_any_bytes_are_a_member_or_a_violation(self, body: bytes) -> None:
        """Nothing else."""
        with contextlib.suppress(ProtocolError):
            assert isinstance(unpacking.decode_member(body), Member)

    def test_a_child_that_lies_costs_the_archive_alone(self) -> None:
        """One sentence, and the child is dead."""

        class Liar:
            def __init__(self) -> None:
                self.ended = False
                self.frames = [wire.encode(wire.HELLO, b"seccomp"), wire.encode(wire.ANSWER, b"x")]

            def send(self, data: bytes, deadline: float) -> None:
                pass

            def receive(self, limit: int, deadline: float) -> wire.Frame:
                return wire.decode(bytearray(self.frames.pop(0))[4:])

            def discard(self) -> None:
                self.ended = True

        liar = Liar()
        (member,) = unpacking.unpacked(liar, b"seccomp", b"")  # type: ignore[arg-type]
        assert (member.name, member.problem) == (
            "",
            "the archive cannot be taken apart: the process that tried broke its protocol",
        )
        assert liar.ended
