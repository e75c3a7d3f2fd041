"""The port `Models` on pydantic-ai.

pydantic-ai and the vendors' libraries take seconds to import and much memory, so `wires` and its modules are imported
in a worker thread: at `start` for the formats that are known to be used, else at the first question that needs them.
"""

import asyncio
import importlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from asterism.kernel.llm.collect import collect
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import Completion, Part, Request, Target
from asterism.kernel.llm.providers import Wire, provider
from asterism.kernel.llm.timing import timed

if TYPE_CHECKING:
    from asterism.kernel.llm import wires

KEPT_MODELS = 32  # building one costs up to 200 ms; they are kept by target, the least recently used goes first


class PydanticModels:
    """Asks real providers. One instance per event loop; connections are kept and reused.

    `expected` are the wire formats that `start` loads in advance.
    """

    def __init__(self, expected: Iterable[Wire] = ()) -> None:
        self._expected = tuple(expected)
        self._loading: dict[Wire, asyncio.Task[Any]] = {}
        self._models: OrderedDict[Target, Any] = OrderedDict()
        self._clients: wires.Clients | None = None

    async def start(self) -> None:
        """Begin to import what is expected to be used, in the background."""
        for wire in self._expected:
            self._load(wire)

    async def stop(self) -> None:
        """Close every connection."""
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        if self._clients is not None:
            await self._clients.close()

    def stream(self, request: Request) -> AsyncGenerator[Part, None]:
        """Yield `Delta` parts and at the end one `Finish`. Raises ModelFailure."""
        return self._parts(request)

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

    async def _parts(self, request: Request, *, plain: bool = False) -> AsyncGenerator[Part, None]:
        entry = provider(request.target.provider)
        builder = await asyncio.shield(self._load(entry.wire if entry else "openai"))
        wires = importlib.import_module("asterism.kernel.llm.wires")  # loaded with its module above
        model = self._model(wires, builder, request.target)
        answer = wires.answer(model, request, plain=plain)
        async with aclosing(timed(answer, request.limits, _name(request.target))) as parts:
            async for part in parts:
                yield part

    def _load(self, wire: Wire) -> "asyncio.Task[Any]":
        if wire not in self._loading:
            module = f"asterism.kernel.llm.wires.{wire}"
            loading = asyncio.to_thread(importlib.import_module, module)
            self._loading[wire] = asyncio.create_task(loading, name=f"llm-load-{wire}")
        return self._loading[wire]

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
    entry = provider(target.provider)
    return entry.label if entry else target.provider
