"""One submission's life in the sandbox: questions in, outcomes out, dead children replaced."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from grader.sandbox.protocol import answers, messages, wire
from grader.sandbox.protocol.processes import GoneError, LateError, begin, killed
from grader.sandbox.protocol.wire import ProtocolError
from grader.sandbox.types import (
    Killed,
    Outcome,
    Question,
    Raised,
    Reading,
    Returned,
    RulesConfig,
    SandboxError,
    TimedOut,
    Wanted,
    wordless,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    import torch

    from grader.sandbox.limits import Limits
    from grader.sandbox.protocol.processes import Backend, Process

MOST_KILLS: Final = 8
MOST_POOLS: Final = 16
MOST_ODD: Final = 32 << 20
"""Bytes of a submission's wrongly shaped answers that are kept: enough to find a missing sum in every gradient. More
could fill the grader's memory, so only the shape of further ones is kept."""
_READING_LIMIT: Final = 4 << 20
_READING_SECONDS: Final = 30.0
"""Reading is the grader's own work: the longest file takes 1 s, and a loaded machine may be ten times as slow."""
_FAULTS: Final = (LateError, GoneError, ProtocolError)
_TOO_OFTEN: Final = Killed(reason="too_often", detail=f"its process had to be restarted {MOST_KILLS} times")


@dataclass(slots=True)
class Budget:
    """The time that a submission has used while the grader waited for it."""

    limits: Limits
    spent: float = 0.0

    def deadline(self) -> float:
        """When the next answer is due."""
        return time.monotonic() + min(self.limits.call, max(0.0, self.limits.submission - self.spent))

    def spend(self, begun: float) -> float:
        """Charge the seconds since `begun` and return them."""
        seconds = time.monotonic() - begun
        self.spent += seconds
        return seconds

    @property
    def exhausted(self) -> bool:
        """Whether no time is left for the whole submission."""
        return self.spent >= self.limits.submission

    def timed_out(self, seconds: float) -> TimedOut:
        """The outcome, which says which of the two limits was exceeded."""
        if self.exhausted:
            return TimedOut(limit=self.limits.submission, whole_submission=True, seconds=seconds)
        return TimedOut(limit=self.limits.call, seconds=seconds)


class _Round:
    """Questions that were asked together and not answered yet."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = list(questions)
        self.nonces: list[bytes] = []

    def renew(self) -> None:
        """Make fresh nonces, so that answers to an earlier child's questions are not accepted."""
        entropy = os.urandom(wire.NONCE * len(self.questions))
        self.nonces = [entropy[at : at + wire.NONCE] for at in range(0, len(entropy), wire.NONCE)]

    def next(self) -> tuple[Question, bytes]:
        """Remove and return the first question and its nonce; it is never asked again."""
        return self.questions.pop(0), self.nonces.pop(0)


class Session:
    """A locked child for one submission. Not thread-safe."""

    reading: Reading

    def __init__(
        self, backend: Backend, files: Mapping[str, bytes], rules: RulesConfig, wanted: Wanted | None, limits: Limits
    ) -> None:
        self.kills = 0
        self.skipped: tuple[str, ...] = ()
        """Notes on lines of the file that failed while it was loaded, and were skipped."""
        self._backend = backend
        self._budget = Budget(limits)
        self._submission = wire.encode(wire.READ, messages.encode_read(files, rules, wanted))
        self._pools: dict[str, bytes] = {}
        self._odd = 0
        """Bytes of the answers whose shape was not the expected one."""
        self._knows_hidden = False
        """Whether this child was sent hidden values: anything it sends may then be derived from them."""
        self._process: Process | None = None
        self._loaded = False
        self._sent: set[str] = set()
        self._round = _Round(())
        self._stopped: Outcome | None = None
        self.reading = self._first_reading()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    @property
    def seconds(self) -> float:
        """How long the grader has waited for this submission."""
        return self._budget.spent

    def close(self) -> None:
        """Kill the child, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.discard()

    def pool(self, key: str, values: Mapping[str, torch.Tensor | int | float]) -> None:
        """Register values that questions refer to by `key`, sent once to every child that needs them; never change them
        afterwards.
        """
        self._pools[key] = _encoded(key, values)
        self._sent.discard(key)

    def load(self) -> Outcome | None:
        """Run the module once; None if that succeeded, otherwise the outcome of every function in it."""
        if not self._loaded and self._stopped is None:
            self._give_up_round()
            self._dispatch(b"", self._round)
        return self._stopped

    def ask(self, questions: Sequence[Question]) -> Generator[Outcome]:
        """Send the questions now, in one frame; yield their outcomes in order, as they arrive."""
        self._give_up_round()
        self._round = asked = _Round(questions)
        self._pose(asked)
        return self._outcomes(asked)

    # ------------------------------------------------------------------------------- asking

    def _give_up_round(self) -> None:
        """End the child if it still owes answers: they would be taken for later ones."""
        if self._round.questions:
            self._round = _Round(())
            self.close()

    def _outcomes(self, asked: _Round) -> Generator[Outcome]:
        while asked.questions:
            if self._round is not asked:
                message = "these questions were dropped when others were asked"
                raise SandboxError(message)
            if self._process is None:
                self._pose(asked)  # only now: the caller may have dropped the rest with the child
            if self._stopped is None:
                outcome = self._answer(*asked.next())
            else:
                outcome = self._stopped
                asked.questions.pop(0)
            yield outcome

    def _pose(self, asked: _Round) -> None:
        """Ask the remaining questions of a round."""
        while asked.questions and self._stopped is None:
            asked.renew()
            ask = wire.encode(wire.ASK, messages.encode_ask(asked.questions, asked.nonces))
            if self._dispatch(ask, asked):
                return

    def _dispatch(self, ask: bytes, asked: _Round) -> bool:
        """Prepare a child to answer and send it the questions; False if it died before its first answer."""
        begun = time.monotonic()
        try:
            process = self._process or self._replace()
            if not process.quiet():
                message = "an answer before its question"
                raise ProtocolError(message)
            process.send(self._missing(asked) + ask, self._budget.deadline())
        except _FAULTS as fault:
            self._lost(fault, begun)
            return False
        return self._loaded or self._load(process)

    def _missing(self, asked: _Round) -> bytes:
        """The frames that this child still needs before the questions."""
        self._knows_hidden |= any(question.hidden for question in asked.questions)
        pieces = [] if self._loaded else [wire.encode(wire.LOAD, b"")]
        for key in dict.fromkeys(question.values for question in asked.questions):
            if key and key not in self._sent:
                pieces.append(self._pools[key])
                self._sent.add(key)
        return b"".join(pieces)

    def _load(self, process: Process) -> bool:
        begun = time.monotonic()
        failure: Outcome | None
        try:
            frame = process.receive(wire.SLACK, self._budget.deadline())
            wire.expect(frame, wire.LOADED)
            loaded = answers.decode_loaded(frame.buffer, self._budget.spend(begun))
            # The questions are already in the pipe, and the file's own code may read them while it runs.
            if isinstance(loaded, tuple):
                failure = None
                self.skipped = self.skipped or (() if self._knows_hidden else loaded)
            else:
                failure = wordless(loaded) if self._knows_hidden else loaded
        except _FAULTS as fault:
            failure = self._lost(fault, begun)
        self._loaded = failure is None
        if failure is not None:
            self._stopped = self._stopped or failure
            self.close()
        return self._loaded

    def _answer(self, question: Question, nonce: bytes) -> Outcome:
        begun = time.monotonic()
        process = self._process
        assert process is not None
        try:
            frame = process.receive(question.max_bytes + wire.SLACK, self._budget.deadline())
            wire.expect(frame, wire.ANSWER, nonce)
            seconds, lean = self._budget.spend(begun), self._odd > MOST_ODD
            outcome = answers.decode_outcome(frame.buffer, seconds, question, lean=lean)
            if question.shape is not None and isinstance(outcome, Returned):
                self._odd += len(frame.buffer) if outcome.tensors[0].shape != question.shape else 0
            return wordless(outcome) if self._knows_hidden else outcome
        except _FAULTS as fault:
            return self._lost(fault, begun)

    # ------------------------------------------------------------------ children and their ends

    def _first_reading(self) -> Reading:
        begun = time.monotonic()
        try:
            self._replace()
        except _FAULTS as fault:
            self._stopped = self._lost(fault, begun)
            return Reading(file="", functions={}, problem=f"the file could not be read: {_unreadable(self._stopped)}")
        reading = self._last_reading
        if reading.problem is not None:
            self._stopped = Raised(kind="SyntaxError", message=reading.problem, file=reading.file, line=reading.line)
            self.close()
        return reading

    def _replace(self) -> Process:
        """Start a child and let it read the submission; none of the learner's code has run yet."""
        process = self._process = self._backend.start()
        self._loaded = False
        self._sent.clear()
        self._knows_hidden = False
        begun = time.monotonic()
        deadline = begun + _READING_SECONDS  # a short limit per call does not apply here
        begin(process, self._submission, self._backend.greeting(), deadline)
        frame = process.receive(_READING_LIMIT, deadline)
        if frame.kind == wire.FAULT:
            message = f"the sandbox could not read a submission:\n{frame.body.decode('utf-8', 'replace')}"
            raise SandboxError(message)
        wire.expect(frame, wire.READING)
        self._last_reading = messages.decode_reading(frame.body)
        self._budget.spend(begun)
        return process

    def _lost(self, fault: Exception, begun: float) -> Outcome:
        """Kill the child and return the outcome; later questions go to a new one, unless the limit is reached."""
        seconds = self._budget.spend(begun)
        process, self._process = self._process, None
        assert process is not None
        death = process.end(gone=isinstance(fault, GoneError))
        self.kills += 1
        if isinstance(fault, LateError):
            outcome: Outcome = self._budget.timed_out(seconds)
        elif isinstance(fault, GoneError) and death is not None:
            outcome = killed(death, self._budget.limits.cpu, seconds)
        else:
            outcome = Killed(reason="protocol", detail=f"broke the protocol: {fault}", seconds=seconds)
        if self._budget.exhausted:
            self._stopped = self._budget.timed_out(0.0)
        elif self.kills >= MOST_KILLS:
            self._stopped = _TOO_OFTEN
        return wordless(outcome) if self._knows_hidden else outcome


_ENCODED: Final[dict[tuple[str, int], tuple[Mapping[str, Any], bytes]]] = {}
"""Frames of the latest pools, with their values: successive submissions are asked about the same ones."""


def _encoded(key: str, values: Mapping[str, torch.Tensor | int | float]) -> bytes:
    kept = _ENCODED.get((key, id(values)))
    if kept is None:
        kept = values, wire.encode(wire.POOL, messages.encode_pool(key, values))
        if len(_ENCODED) >= MOST_POOLS:
            del _ENCODED[next(iter(_ENCODED))]
        _ENCODED[key, id(values)] = kept
    return kept[1]


def _unreadable(outcome: Outcome) -> str:
    return outcome.detail if isinstance(outcome, Killed) else "it took too long"
