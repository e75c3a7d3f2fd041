"""Language models: one port over every provider.

    target = Target("openai", "gpt-5-mini", base_url="https://api.openai.com/v1", api_key=key)
    request = Request(target, system="...", turns=(Turn("user", "Hello"),), max_output_tokens=1024)

    async with aclosing(models.stream(request)) as parts:   # closing it, or cancelling the task, closes the connection
        async for part in parts:                            # Delta(text)*, then exactly one Finish(reason, usage)
            ...
    answer = await models.complete(request)                 # Completion(text, reason, usage, data, turn)
    answer.data                                             # the JSON object, when the request has a `schema`

An agent gives its `Tool`s, reads all parts, and sends the turn back with the results:

    request = Request(target, turns, tools=(Tool("read_file", "Read a file.", schema),))
    async with aclosing(models.parts(request)) as parts:    # Delta | ThoughtDelta | CallStart | CallDelta | CallEnd,
        async for part in parts:                            # then exactly one TurnEnd(reason, usage, turn)
            ...
    turns += (end.turn, Turn("user", parts=tuple(ToolResult(call.id, run(call)) for call in end.turn.calls)))

Everything that goes wrong is a `ModelFailure` with a `kind`, found by HTTP status and exception type and never by
reading texts. The port does not retry; its callers do with `asked(attempt, RetryPolicy(...))`. `providers` lists who
can be asked and where (`provider("gemini")`, `base_url(...)`); which keys and models a user has is the business of
features.

`Embeddings` is the port for vectors of texts (`HttpEmbeddings`, and `ScriptedEmbeddings` as its memory fake).

`PydanticModels` asks real providers (call `await start()` to import it in the background), `ScriptedModels` is the
memory fake (with a `Scenario` it acts by prompt), and `fake_server` is a loopback server that speaks the providers' own
wire formats, for tests and for `asterism dev fake-model`.
"""

from asterism.kernel.llm.answers import json_object
from asterism.kernel.llm.conversation import Text, Thought, Tool, ToolCall, ToolResult, Turn, TurnPart
from asterism.kernel.llm.embeddings import Embeddings, HttpEmbeddings, ScriptedEmbeddings, Vector
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import (
    AnswerPart,
    CallDelta,
    CallEnd,
    CallStart,
    Completion,
    Delta,
    EndReason,
    Finish,
    FinishReason,
    Limits,
    Models,
    Part,
    Reasoning,
    Request,
    Target,
    ThoughtDelta,
    TurnEnd,
    Usage,
    summed,
)
from asterism.kernel.llm.providers import PROVIDERS, BadBaseUrl, Provider, base_url, label, provider
from asterism.kernel.llm.pydantic import PydanticModels
from asterism.kernel.llm.retry import RetryPolicy, asked
from asterism.kernel.llm.scenario import Scenario
from asterism.kernel.llm.scripted import Scripted, ScriptedModels

__all__ = [
    "PROVIDERS",
    "AnswerPart",
    "BadBaseUrl",
    "CallDelta",
    "CallEnd",
    "CallStart",
    "Completion",
    "Delta",
    "Embeddings",
    "EndReason",
    "FailureKind",
    "Finish",
    "FinishReason",
    "HttpEmbeddings",
    "Limits",
    "ModelFailure",
    "Models",
    "Part",
    "Provider",
    "PydanticModels",
    "Reasoning",
    "Request",
    "RetryPolicy",
    "Scenario",
    "Scripted",
    "ScriptedEmbeddings",
    "ScriptedModels",
    "Target",
    "Text",
    "Thought",
    "ThoughtDelta",
    "Tool",
    "ToolCall",
    "ToolResult",
    "Turn",
    "TurnEnd",
    "TurnPart",
    "Usage",
    "Vector",
    "asked",
    "base_url",
    "json_object",
    "label",
    "provider",
    "summed",
]
