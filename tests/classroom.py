"""A class for tests: folders of submissions, and workers that need no processes."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self

from grader.classroom.batch.documents import rendered, ungraded, unloaded_head
from grader.classroom.batch.order import Order, Task
from grader.exercise.settings import Feedback, Settings
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.classroom.batch.engine import Engine
    from grader.classroom.batch.store import Record

POSSIBLE = 3
GRADIENTS = ("dx", "dy", "dz")


def hand_in(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write files, path -> content, below a class's folder; None makes an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def settings(**changes: Any) -> Settings:
    """A class's settings: isolation locked, feedback `kind`."""
    return Settings(**{"isolation": Level.LOCKED, "feedback": Feedback.KIND} | changes)


def order(**changes: Any) -> Order:
    """An order for pretend workers."""
    files = {"forward.py": "", "exercise.toml": ""}
    return Order("mlp", "/exercises/mlp", files, "0" * 64, settings(seed=1, hidden_seed=7, **changes))


class EngineWorkers:
    """Workers with a real engine in this process."""

    window = 2
    chunk = 1
    patience = 1e9

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.names: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def hello(self) -> dict[str, Any]:
        return self.engine.check()

    def flush(self) -> None:
        return None

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        self.names.append(Task.decode(task).name)
        return settled(lambda: self.engine.grade(Task.decode(task)).encode())

    def close(self) -> None:
        return None


class PretendWorkers:
    """Pretend workers: give the points that a submission names, and die when the test says so."""

    window = 4
    chunk = 1
    patience = 1e9

    def __init__(self, *, dies: Mapping[str, int] | None = None, error: type[Exception] = RuntimeError) -> None:
        self.names: list[str] = []
        self.tasks: list[Task] = []
        self._dies = dict(dies or {})
        self._error = error

    def hello(self) -> dict[str, Any]:
        return unloaded_head(order())

    def flush(self) -> None:
        return None

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        decoded = Task.decode(task)
        self.tasks.append(decoded)
        self.names.append(decoded.name)
        return settled(lambda: self._grade(decoded))

    def close(self) -> None:
        return None

    def _grade(self, task: Task) -> bytes:
        if self._dies.get(task.name, 0):
            self._dies[task.name] -= 1
            raise self._error(f"{task.name} took its worker along")
        points = int(next(iter(task.files.values())).split()[0])
        entry = ungraded(task.name, task.source, order(), "graded", "", task.notes)
        names = ("points", "correct", "exact", "approximate", "chained_correct", "chained_exact")
        entry |= {"problem": None, "score": dict.fromkeys(names, points) | {"possible": POSSIBLE}}
        entry["previous_score"] = task.previous_score
        return rendered(entry, self.hello(), order()).encode()


def settled(produce: Any) -> Future[bytes]:
    """A future that is already done."""
    future: Future[bytes] = Future()
    try:
        future.set_result(produce())
    except Exception as error:  # noqa: BLE001
        future.set_exception(error)
    return future


class Silent:
    """A display that records events for tests instead of showing them."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.known: list[str] = []
        self.retried: list[str] = []
        self.said: list[str] = []

    def begin(self, total: int) -> None:
        self.total = total

    def done(self, record: Record, *, known: bool = False) -> None:
        (self.known if known else self.rows).append(record.name)

    def say(self, text: str) -> None:
        self.said.append(text)

    def again(self, name: str, why: str) -> None:
        self.retried.append(f"{name}: {why}")
