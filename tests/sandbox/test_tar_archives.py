"""A tar, as a submission or as a class: read like a zip, and refused like one that no learner's tool writes."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.intake.class_archive import read_archive
from grader.grading.submission import UnreadableSubmission, read_submission
from grader.sandbox.reading import tar_archive
from grader.sandbox.reading.submitted_files import BadArchiveError, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.sandbox.client import Sandbox

CODE = b"def dprobs(dlogprobs, probs): return dlogprobs / probs\n"


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "", size: int = 0) -> tarfile.TarInfo:
    """The header of a file, a link or a device."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, to, size
    return info


def tarred(
    files: Mapping[str, bytes], *more: tarfile.TarInfo, mode: str = "w:gz", form: int = tarfile.GNU_FORMAT
) -> bytes:
    """A tar of these files, followed by members without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            archive.addfile(member(name, size=len(content)), io.BytesIO(content))
        for info in more:
            archive.addfile(info)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    """Why an archive is refused."""
    with pytest.raises(BadArchiveError) as error:
        unpacked("hw.tar.gz", data)
    return str(error.value)


@pytest.mark.parametrize("name", ["hw.tar.gz", "hw.tgz", "hw.tar", "hw.zip"])
@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_the_files_that_may_be_answers_are_read(name: str, mode: str, form: int) -> None:
    """Whatever tool packed it, and whatever it is called."""
    data = tarred(
        {"./hw/backward.py": CODE, "./hw/._backward.py": b"", "./data.bin": bytes(9999)}, mode=mode, form=form
    )
    assert unpacked(name, data) == {"hw/backward.py": CODE}


def test_a_tar_in_a_tar_is_opened_once() -> None:
    """Somebody packed what was packed already."""
    inner = tarred({"backward.py": CODE})
    assert unpacked("x.tar.gz", tarred({"hw.tgz": inner})) == {"backward.py": CODE}
    assert unpacked("x.tar.gz", tarred({"y.tgz": tarred({"hw.tgz": inner})})) == {}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (tarred({}, member("backward.py", tarfile.SYMTYPE, "/etc/passwd")), "is a link or a device, not a"),
        (tarred({"a.txt": b"x"}, member("b.py", tarfile.LNKTYPE, "a.txt")), "is a link or a device"),
        (tarred({}, member("backward.py", tarfile.CHRTYPE)), "is a link or a device"),
        (tarred({}, member("backward.py", tarfile.BLKTYPE)), "is a link or a device"),
        (tarred({}, member("backward.py", tarfile.FIFOTYPE)), "is a link or a device"),
        (tarred({"../backward.py": CODE}), "would be unpacked outside its folder: '../backward.py'"),
        (tarred({"hw/../../backward.py": CODE}), "would be unpacked outside its folder"),
        (tarred({"/etc/backward.py": CODE}), "would be unpacked outside its folder"),
        (tarred({"a" * 300 + ".py": CODE}), "a file name in the archive is too long or invalid"),
        (tarred({"backward.py": bytes(2 << 20)}), "'backward.py' in the archive is larger than 1 MB"),
        (tarred({f"{n}.py": b"" for n in range(501)}), "the archive contains 501 Python files and notebooks"),
        (tarred({f"{n}.py": b"#" * (1 << 20) for n in range(5)}), "the code in the archive takes more than 4 MB"),
        (b"", "not a readable tar archive"),
        (b"no archive at all" * 99, "not a readable tar archive (invalid header)"),
        (b"\x1f\x8b", "not a readable tar archive"),
        (gzip.compress(b"not a tar" * 99), "not a readable tar archive"),
    ],
    ids=[
        "symbolic link", "hard link", "character device", "block device", "pipe", "above", "deep above", "absolute",
        "long name", "large", "many", "large together", "empty", "other bytes", "head of gzip", "gzip of text",
    ],
)  # fmt: skip
def test_what_no_tool_of_a_learners_writes_is_refused(data: bytes, reason: str) -> None:
    """Before anything of it is kept."""
    assert reason in refusal(data)


def test_the_same_file_twice_is_refused() -> None:
    """Two readers could choose different ones."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for content in (CODE, b"x"):
            archive.addfile(member("backward.py", size=len(content)), io.BytesIO(content))
    assert "contains 'backward.py' twice" in refusal(buffer.getvalue())


def test_a_bomb_is_not_decompressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in one file nor in many, wanted or not."""
    monkeypatch.setattr(tar_archive, "MOST_DECOMPRESSED", 1 << 20)
    assert "not a readable tar archive" in refusal(tarred({"zeros.bin": bytes(2 << 20), "backward.py": CODE}))
    assert "not a readable tar archive" in refusal(tarred({f"{n}.bin": bytes(1 << 16) for n in range(20)}))
    trailing = tarred({"backward.py": CODE}, mode="w") + bytes(2 << 20)
    assert "not a readable tar archive" in refusal(gzip.compress(trailing))


@pytest.mark.parametrize("size", [1 << 17, 8 << 30])
def test_a_header_that_is_read_whole_has_a_limit(size: int) -> None:
    """A name of eight gigabytes."""
    data = member("x", tarfile.GNUTYPE_LONGNAME, size=size).tobuf(tarfile.GNU_FORMAT)
    assert "a header is too large" in refusal(data + bytes(4096))


@pytest.mark.parametrize("cut", [600, 1024, 1500])
def test_a_tar_that_ends_too_early_is_refused(cut: int) -> None:
    """Otherwise the files behind the cut would be lost without a word."""
    data = tarred({"a.py": CODE, "b.py": CODE}, mode="w")
    assert "not a readable tar archive" in refusal(data[:cut])
    packed = gzip.compress(data)
    assert "not a readable tar archive" in refusal(packed[: len(packed) * cut // 2048])


def test_a_damaged_header_is_not_the_end() -> None:
    """tarfile takes it for that."""
    data = bytearray(tarred({"a.py": CODE, "b.py": CODE}, mode="w"))
    data[1024] ^= 0xFF
    assert "not a readable tar archive (bad checksum)" in refusal(bytes(data))


def test_a_damaged_checksum_is_noticed() -> None:
    """It is behind the last file."""
    data = bytearray(tarred({"a.py": CODE}))
    data[-8] ^= 0xFF
    assert "not a readable tar archive" in refusal(bytes(data))


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck))
def test_flipped_bits_never_do_harm(data: st.DataObject) -> None:
    """The result is files, or one sentence."""
    raw = bytearray(tarred({"a/backward.py": CODE, "c/x.ipynb": b"{}", "l" * 120: b"x"}, mode="w"))
    for at in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=8)):
        raw[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadArchiveError):
        assert all(isinstance(content, bytes) for content in unpacked("x.tar", bytes(raw)).values())


class TestInTheLockedChild:
    """The child that opens no files unpacks it."""

    def test_a_submission(self, sandbox: Sandbox, tmp_path: Path) -> None:
        """Its functions are found."""
        (tmp_path / "hw.tar.gz").write_bytes(tarred({"hw/backward.py": CODE}))
        submission = read_submission(tmp_path / "hw.tar.gz")
        assert submission.name == "hw"
        with sandbox.open(submission.files) as session:
            assert list(session.reading.functions) == ["dprobs"]

    def test_a_class(self, sandbox: Sandbox, tmp_path: Path) -> None:
        """Folders, files and archives in it are people's."""
        files = {
            "class/ann/backward.py": CODE,
            "class/bob.tar.gz": tarred({"backward.py": CODE}),
            "class/.git/config": b"",
            "class/roster.csv": b"",
        }
        folder = member("class/dan", tarfile.DIRTYPE)
        link = member("class/eve/backward.py", tarfile.SYMTYPE, "/etc/passwd")
        (tmp_path / "class.tar.gz").write_bytes(tarred(files, folder, link))
        found = {each.raw: each for each in read_archive(tmp_path / "class.tar.gz", sandbox).handed_in}
        assert list(found) == ["ann", "bob", "dan", "eve"]
        assert [list(found[name].read().files) for name in ("ann", "bob")] == [["backward.py"], ["bob.tar.gz"]]
        assert found["dan"].missing
        with pytest.raises(UnreadableSubmission, match="is a link or a device"):
            found["eve"].read()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["class.tar.gz"]

    @pytest.mark.parametrize("cut", [40, 300])
    def test_a_damaged_class_is_told(self, cut: int, sandbox: Sandbox, tmp_path: Path) -> None:
        """Nobody is graded from half of it."""
        (tmp_path / "class.tar.gz").write_bytes(tarred({f"s{n}/x.py": CODE * n for n in range(50)})[:cut])
        with pytest.raises(UnreadableSubmission, match=r"class\.tar\.gz: not a readable tar archive"):
            read_archive(tmp_path / "class.tar.gz", sandbox)
