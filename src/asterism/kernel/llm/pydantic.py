"""The port `Models` on pydantic-ai.

pydantic-ai and the vendors' libraries take seconds to import and much memory, so `wires` and its modules are imported
in a worker thread (`loader`): at `start` for the formats that are known to be used, else at the first question that
needs them.
"""

import asyncio
import importlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import structlog

from asterism.kernel.llm.collect import collect, text_alone
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.loader import load_wire
from asterism.kernel.llm.models import AnswerPart, Completion, Part, Request, Target
from asterism.kernel.llm.providers import Wire, label, provider
from asterism.kernel.llm.time_limits import timed

if TYPE_CHECKING:
    from asterism.kernel.llm import wires

log = structlog.get_logger(__name__)

KEPT_MODELS = 32  # building one costs up to 200 ms; they are kept by target, the least recently used goes first


class PydanticModels:
    """Asks real providers. One instance per event loop; connections are kept and reused.

    `expected` are the wire formats that `start` loads in advance, in that order. `load` imports the module of one.
    """

    def __init__(self, expected: Iterable[Wire] = (), *, load: Callable[[Wire], Any] = load_wire) -> None:
        self._expected = tuple(expected)
        self._import = load
        self._loading: dict[Wire, asyncio.Task[Any]] = {}
        self._models: OrderedDict[Target, Any] = OrderedDict()
        self._clients: wires.Clients | None = None

    async def start(self) -> None:
        """Begin to import what is expected to be used, in the background."""
        for wire in self._expected:
            self._load(wire)

    async def stop(self) -> None:
        """Close every connection."""
        for loading in self._loading.values():
            loading.cancel()  # its thread goes on to the end of an import, and nobody waits for it
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        if self._clients is not None:
            await self._clients.close()

    def parts(self, request: Request) -> AsyncGenerator[AnswerPart, None]:
        """Yield the answer as it comes, and at the end one `TurnEnd`. Raises ModelFailure."""
        return self._parts(request)

    def stream(self, request: Request) -> AsyncGenerator[Part, None]:
        """Yield `Delta` parts and at the end one `Finish`. Raises ModelFailure."""
        return text_alone(self._parts(request), _name(request.target))

    async def complete(self, request: Request) -> Completion:
        """Return the whole answer. Raises ModelFailure.

        A provider or model that refuses structured output is asked once more for plain text that holds the object.
        """
        name = _name(request.target)
        try:
            return await collect(self._parts(request), request, name)
        except ModelFailure as failure:
            if request.schema is None or failure.failure is not FailureKind.OTHER or failure.status not in {400, 422}:
                raise
        return await collect(self._parts(request, plain=True), request, name)

    async def _parts(self, request: Request, *, plain: bool = False) -> AsyncGenerator[AnswerPart, None]:
        entry = provider(request.target.provider)
        wire = entry.wire if entry else "openai"
        builder = await self._builder(wire, request.target)
        wires = importlib.import_module("asterism.kernel.llm.wires")  # loaded with its module above
        model = self._model(wires, builder, request.target)
        answer = wires.answer(model, wire, request, plain=plain)
        async with aclosing(timed(answer, request.limits, _name(request.target))) as parts:
            async for part in parts:
                yield part

    async def _builder(self, wire: Wire, target: Target) -> Any:
        try:
            return await asyncio.shield(self._load(wire))
        except Exception as error:
            raise ModelFailure(FailureKind.UNAVAILABLE, name=_name(target), model=target.model) from error

    def _load(self, wire: Wire) -> "asyncio.Task[Any]":
        """Return the loading of a format. One that failed is forgotten, so that the next question tries again."""
        if wire not in self._loading:
            loading = asyncio.create_task(asyncio.to_thread(self._import, wire), name=f"llm-load-{wire}")
            loading.add_done_callback(lambda done: self._loaded(wire, done))
            self._loading[wire] = loading
        return self._loading[wire]

    def _loaded(self, wire: Wire, loading: "asyncio.Task[Any]") -> None:
        if loading.cancelled() or (error := loading.exception()) is not None:
            del self._loading[wire]
            if not loading.cancelled():
                log.error("llm.wire_not_loaded", wire=wire, exc_info=error)

    def _model(self, wires: Any, builder: Any, target: Target) -> Any:
        model = self._models.get(target)
        if model is None:
            self._clients = self._clients or wires.Clients()
            model = self._models[target] = builder.build(target, self._clients.towards(target.base_url))
            if len(self._models) > KEPT_MODELS:
                self._models.popitem(last=False)
        self._models.move_to_end(target)
        return model


def _name(target: Target) -> str:
    return label(target.provider)
