"""One zip file with the whole class, unpacked in a locked child, whatever it contains."""

from __future__ import annotations

import contextlib
import io
import json
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
    """The submissions found in an archive of these files or bytes."""

    def read(content: dict[str, str | bytes] | bytes, name: str = "hw4.zip") -> dict[str, HandedIn]:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else zipped(content))
        return {each.raw: each for each in read_archive(tmp_path / name, sandbox).handed_in}

    return read


def state(each: HandedIn) -> str:
    """A submission's files, or why there are none."""
    try:
        return " ".join(sorted(each.read().files))
    except UnreadableSubmission as error:
        return str(error)


class TestShapes:
    """Archives as people and platforms pack them."""

    @pytest.mark.parametrize(
        "files",
        [
            {"alice/backward.py": CODE, "bob/hw/backward.py": CODE},
            {"hw4/alice/backward.py": CODE, "hw4/bob/hw/backward.py": CODE, "__MACOSX/hw4/alice/._backward.py": "x"},
            {"hw4\\alice\\backward.py": CODE, "hw4\\bob\\hw\\backward.py": CODE},
        ],
    )
    def test_a_folder_for_each(self, files: dict[str, str], found: Callable[..., dict[str, HandedIn]]) -> None:
        """With or without a wrapper folder, packed on a Mac or on Windows."""
        assert {raw: state(each) for raw, each in found(files).items()} == {
            "alice": "backward.py",
            "bob": "hw/backward.py",
        }

    @pytest.mark.parametrize("name", ["hw4 (1).zip", "hw4-copy.zip", "Downloads.zip"])
    def test_a_wrapper_folder_is_not_a_submission(self, name: str, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Even if the archive was renamed."""
        files = {"hw4/": b"", "hw4/ann/": b"", "hw4/ann/backward.py": CODE, "hw4/bob/hw/backward.py": CODE}
        assert {raw: state(each) for raw, each in found(files, name).items()} == {
            "ann": "backward.py",
            "bob": "hw/backward.py",
        }

    def test_a_numbered_copy_counts_as_the_same_name(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Browsers number repeated downloads."""
        assert list(found({"hw4/ann.py": CODE, "hw4/bob.py": CODE}, "hw4 (1).zip")) == ["ann", "bob"]

    def test_nested_wrapper_folders_are_not_submissions(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Somebody repacked an unpacked download."""
        assert list(found({"a/hw4/ann/backward.py": CODE, "a/hw4/bob/backward.py": CODE}, "x.zip")) == ["ann", "bob"]

    def test_one_persons_workspace_is_one_submission(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Its folders are named after exercises."""
        assert list(found({"ann/mlp/backward.py": CODE, "ann/rnn/backward.py": CODE}, "hw.zip")) == ["ann"]

    def test_canvas(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """A flat archive of platform-made names."""
        files = {"doejohn_4711_1_backward.py": CODE, "roejane_LATE_4712_2_hw.zip": b"PK", "t_3_text.html": "<p>"}
        entries = found(files)
        assert state(entries["doejohn_4711"]) == "backward.py"
        assert (state(entries["roejane_4712"]), entries["roejane_4712"].who.late) == ("hw.zip", True)
        assert "text box" in state(entries["t_3"])

    def test_moodle(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Folders, including empty ones of people who handed in nothing."""
        entries = found({"Jo Doe_1_assignsubmission_file_/backward.py": CODE, "Ed Poe_2_assignsubmission_file_/": b""})
        assert state(entries["Jo Doe_1"]) == "backward.py"
        assert entries["Ed Poe_2"].missing

    def test_gradescope(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """One wrapper folder, and a metadata file with the owners."""
        top = "assignment_1_export"
        yml = "submission_7:\n  :submitters:\n  - :name: Jane\n    :sid: s7\n"
        entries = found({f"{top}/submission_metadata.yml": yml, f"{top}/submission_7/backward.py": CODE})
        assert state(entries["submission_7"]) == "backward.py"
        assert entries["submission_7"].who.id == "s7"

    def test_an_essay_has_a_row(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """It is not even unpacked."""
        assert state(found({"alice/essay.pdf": "x" * 10, "bob/backward.py": CODE})["alice"]).startswith(
            "essay.pdf: not a"
        )

    def test_a_notebook_comes_out_without_its_outputs(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """So that the plots of a whole class do not count; they may compress well."""
        cell = {"cell_type": "code", "source": CODE, "outputs": [{"data": {"image/png": "A" * (4 << 20)}}]}
        book = json.dumps({"nbformat": 4, "cells": [cell]})
        content = found({"alice/w.ipynb": book})["alice"].read().files["w.ipynb"]
        assert json.loads(content)["cells"] == [{"cell_type": "code", "source": CODE}]

    def test_the_bytes_come_out_as_they_went_in(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """At any size up to the limit."""
        raw = random.Random(1).randbytes(200_000)
        assert found({"alice/backward.py": raw})["alice"].read().files["backward.py"] == raw


def packed(*infos: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """Pack an archive that no honest tool writes."""
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
    """An archive with the encryption flag set in both places."""
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[local + 6] |= 1
    changed[central + 8] |= 1
    return bytes(changed)


class TestHostile:
    """Each gets a row with its reason; the others are graded."""

    @pytest.mark.parametrize(
        ("entry", "raw", "reason"),
        [
            ((zipfile.ZipInfo("../../evil.py"), b"x"), "..", "outside its folder"),
            ((zipfile.ZipInfo("/etc/evil.py"), b"x"), "etc", "outside its folder"),
            ((link("eve/backward.py"), b"/etc/passwd"), "eve", "a link or a device"),
            ((zipfile.ZipInfo("eve/backward.py"), bytes(1 << 20)), "eve", "implausible compression ratio"),
            ((zipfile.ZipInfo("eve/" + "x" * 300 + ".py"), b"x"), "eve", "too long"),
        ],
    )
    def test_a_bad_file_affects_only_its_owner(
        self, entry: tuple[zipfile.ZipInfo, bytes], raw: str, reason: str, found: Callable[..., dict[str, HandedIn]]
    ) -> None:
        """Everybody else is graded."""
        entries = found(packed(entry, (zipfile.ZipInfo("bob/backward.py"), CODE.encode())))
        assert reason in state(entries[raw])
        assert state(entries["bob"]) == "backward.py"

    def test_an_encrypted_file_affects_only_its_owner(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """There is no password to read it with."""
        assert "encrypted" in state(found(encrypted(zipped({"eve/backward.py": CODE})))["eve"])

    def test_a_broken_member_affects_only_its_owner(self, found: Callable[..., dict[str, HandedIn]]) -> None:
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
    def test_a_broken_archive_is_reported(
        self, data: bytes, reason: str, found: Callable[..., dict[str, HandedIn]]
    ) -> None:
        """It has no submissions to make rows for."""
        if not reason:
            assert found(data) == {}
            return
        with pytest.raises(UnreadableSubmission, match=reason):
            found(data)

    def test_a_false_number_of_files_is_detected(self, found: Callable[..., dict[str, HandedIn]]) -> None:
        """Or at least harmless."""
        data = bytearray(zipped({"a/b.py": CODE}))
        end = data.rindex(b"PK\x05\x06")
        struct.pack_into("<HH", data, end + 8, 65535, 65535)
        assert list(found(bytes(data))) == ["a"]

    def test_a_bomb_of_many_files_is_refused(
        self, found: Callable[..., dict[str, HandedIn]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It has more than a hundred thousand names."""
        files = {f"s{n}/x.py": b"" for n in range(unpacking.MOST_MEMBERS + 1)}
        with pytest.raises(UnreadableSubmission, match="the archive contains 50001 files; at most 50000 are allowed"):
            found(files)

    @given(data=st.data())
    @settings(suppress_health_check=list(HealthCheck))
    def test_flipped_bits_never_do_harm(self, data: st.DataObject, sandbox: Sandbox, tmp_path: Path) -> None:
        """The result is rows, or one sentence."""
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
    """Messages that a compromised child may send."""

    @pytest.mark.parametrize("body", [b"", b"\x05\x00", b"\xff\xff\x00a", b"\x01\x00\x07a"])
    def test_a_malformed_member_is_a_violation(self, body: bytes) -> None:
        """Not any other exception."""
        with pytest.raises(ProtocolError):
            unpacking.decode_member(body)

    @given(st.binary(max_size=40))
    def test_any_bytes_are_a_member_or_a_violation(self, body: bytes) -> None:
        """Nothing else."""
        with contextlib.suppress(ProtocolError):
            assert isinstance(unpacking.decode_member(body), Member)

    def test_a_lying_child_costs_only_the_archive(self) -> None:
        """The error is one sentence, and the child is killed."""

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
            "the archive could not be extracted: the extracting process broke the protocol",
        )
        assert liar.ended
