"""From the bytes of a provider's answer to its parts."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from asterism.kernel.llm.failures import FailureKind
from asterism.kernel.llm.models import AnswerPart, Usage
from asterism.kernel.llm.providers import Wire
from asterism.kernel.llm.reading import anthropic, google, openai
from asterism.kernel.llm.reading.assembly import Assembly, Broken
from asterism.kernel.llm.reading.errors import error_in
from asterism.kernel.llm.reading.frames import Frame, Frames, Unreadable


class _Reader(Protocol):
    def take(self, _name: str, value: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...

    def usage(self) -> Usage: ...


_READERS: Mapping[Wire, Callable[[Assembly], _Reader]] = {
    "openai": openai.Reader,
    "anthropic": anthropic.Reader,
    "google": google.Reader,
}


class Answer:
    """One answer in a wire format; `provider` marks the turn that comes of it.

    `feed` bytes until `complete` or the end of the body, then `close`. Both raise Broken. The answer is whole when its
    format's end marker has come or the provider has said why it ends; what breaks after that does no harm.
    """

    def __init__(self, wire: Wire, provider: str) -> None:
        self._frames = Frames()
        self._assembly = Assembly(provider)
        self._reader = _READERS[wire](self._assembly)

    @property
    def began(self) -> bool:
        """Whether text or a call has come."""
        return self._assembly.began

    @property
    def complete(self) -> bool:
        """Whether the end marker of the format has come: nothing follows."""
        return self._assembly.complete

    @property
    def ending(self) -> bool:
        """Whether the provider has said why the answer ends: little follows, if anything."""
        return self._assembly.ending is not None

    @property
    def usage(self) -> Usage:
        """The tokens counted so far."""
        return self._reader.usage()

    def feed(self, data: bytes) -> Iterator[AnswerPart]:
        """Yield the parts that the next bytes make whole; nothing follows the end marker. Raises Broken."""
        if not self.complete:
            yield from self._read(self._frames.feed(data))

    def close(self) -> Iterator[AnswerPart]:
        """Yield the rest, with the TurnEnd. Raises Broken when the answer is none, or not whole."""
        if not self.complete:
            yield from self._read(self._frames.close())
        self._reader.close()
        if self._frames.junk and not self.began and not self.complete and not self.ending:
            raise Broken(FailureKind.OTHER)
        self._assembly.end(self.usage)
        yield from self._assembly.take()

    def _read(self, frames: Iterator[Frame]) -> Iterator[AnswerPart]:
        try:
            for frame in frames:
                self._take(frame)
                yield from self._assembly.take()
                if self.complete:
                    return
        except Unreadable as error:
            self._broke(FailureKind.OTHER, error)

    def _take(self, frame: Frame) -> None:
        if frame.done:
            self._assembly.complete = True
        elif isinstance(frame.value, dict):
            kind = error_in(frame.value, frame.name)
            if kind is None:
                self._reader.take(frame.name, frame.value)
            else:
                self._broke(kind)

    def _broke(self, kind: FailureKind, cause: Exception | None = None) -> None:
        if not self.ending:
            raise Broken(kind) from cause
        self._assembly.complete = True
