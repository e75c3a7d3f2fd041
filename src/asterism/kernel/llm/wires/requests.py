"""Writing a request: as pydantic-ai's messages for Anthropic and Google, as OpenAI's own for everybody else."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_ai import messages as theirs
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from asterism.kernel.llm.conversation import Text, Thought, ToolCall, ToolResult, Turn, alternating, answered
from asterism.kernel.llm.models import Reasoning, Request
from asterism.kernel.llm.providers import Wire

THINKING: dict[Reasoning, Any] = {"lowest": "minimal", "high": "high"}
THOUGHT_FIELDS = frozenset({"reasoning_content", "reasoning"})


def history(request: Request, wire: Wire, model: Model) -> list[theirs.ModelMessage]:
    """Write the conversation as pydantic-ai's messages.

    Anthropic and Google want alternating turns that begin with the user's. In OpenAI's format the messages travel in
    the settings instead (`raw_messages`), and what is returned here is replaced by them.
    """
    if wire == "openai":
        return [theirs.ModelRequest(parts=[theirs.UserPromptPart(content="")])]
    found: list[theirs.ModelMessage] = []
    if request.system:
        found.append(theirs.ModelRequest(parts=[theirs.SystemPromptPart(content=request.system)]))
    turns = answered(alternating(request.turns))
    names = {call.id: call.name for turn in turns for call in turn.calls}
    for turn in turns:
        if turn.role == "user":
            found.append(theirs.ModelRequest(parts=list(_asked(turn, names))))
        else:
            own = turn.provider == request.target.provider
            said = [part for item in turn.content for part in _said(item, model.system, own=own)]
            found.append(theirs.ModelResponse(parts=said, provider_name=model.system))
    return found


def _asked(turn: Turn, names: Mapping[str, str]) -> Iterator[theirs.ModelRequestPart]:
    """Write a turn of the user, results first, as the providers want it."""
    for part in turn.content:
        if isinstance(part, ToolResult):
            yield theirs.ToolReturnPart(
                tool_name=names.get(part.call_id, "unknown"),
                content=part.text,
                tool_call_id=part.call_id,
                outcome="failed" if part.error else "success",
            )
    for part in turn.content:
        if isinstance(part, Text):
            yield theirs.UserPromptPart(content=part.text)


def _said(
    part: Text | Thought | ToolCall | ToolResult, system: str, *, own: bool
) -> Iterator[theirs.ModelResponsePart]:
    """Write a part of the assistant's. Signatures, and thoughts, go to nobody but who made them."""
    signature = getattr(part, "signature", None) if own else None
    signed: dict[str, Any] = {}
    if signature:
        signed = {"provider_name": system, "provider_details": {"thought_signature": signature}}
    if isinstance(part, Text) and (part.text or signature):
        yield theirs.TextPart(content=part.text, **signed)
    elif isinstance(part, ToolCall):
        arguments = dict(part.arguments or {})
        yield theirs.ToolCallPart(tool_name=part.name, args=arguments, tool_call_id=part.id, **signed)
    elif isinstance(part, Thought) and signature:
        kept = "redacted_thinking" if part.hidden else None
        yield theirs.ThinkingPart(content=part.text, signature=signature, id=kept, **signed)


def raw_messages(request: Request) -> list[dict[str, Any]]:
    """Write the conversation in OpenAI's own format.

    The vendor's library inspects the type of every field of every message it is handed, at half a millisecond of
    processor time per message; what comes through `extra_body` it passes on as it is (ADR 0041).
    """
    found = [{"role": "system", "content": request.system}] if request.system else []
    for turn in answered(request.turns):
        if not turn.parts:
            found.append({"role": turn.role, "content": turn.text})
        elif turn.role == "user":
            found.extend(_raw_user(turn))
        else:
            found.append(_raw_assistant(turn, own=turn.provider == request.target.provider))
    return found


def _raw_user(turn: Turn) -> Iterator[dict[str, Any]]:
    for part in turn.parts:
        if isinstance(part, ToolResult):
            content = json.dumps({"error": part.text}, ensure_ascii=False) if part.error else part.text
            yield {"role": "tool", "tool_call_id": part.call_id, "content": content}
    text = "\n\n".join(part.text for part in turn.parts if isinstance(part, Text))
    if text:
        yield {"role": "user", "content": text}


def _raw_assistant(turn: Turn, *, own: bool) -> dict[str, Any]:
    text = "".join(part.text for part in turn.parts if isinstance(part, Text))
    found: dict[str, Any] = {"role": "assistant", "content": text or None}
    if not turn.calls:
        return {**found, "content": text}
    for part in turn.parts:
        if own and isinstance(part, Thought) and part.signature in THOUGHT_FIELDS:
            found[part.signature] = found.get(part.signature, "") + part.text
    found["tool_calls"] = [_raw_call(call, own=own) for call in turn.calls]
    return found


def _raw_call(call: ToolCall, *, own: bool) -> dict[str, Any]:
    arguments = call.json if call.json.strip() and call.arguments is not None else "{}"
    found: dict[str, Any] = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }
    if own and call.signature:
        found["extra_content"] = {"google": {"thought_signature": call.signature}}
    return found


def settings(request: Request, wire: Wire) -> ModelSettings:
    """Return pydantic-ai's settings of one request."""
    found = ModelSettings(max_tokens=request.max_output_tokens, framing_announcement="never")
    if request.reasoning in THINKING:
        found["thinking"] = THINKING[request.reasoning]
    if request.temperature is not None:
        found["temperature"] = request.temperature
    if wire == "openai":
        body: dict[str, Any] = {"messages": raw_messages(request)}
        if request.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": dict(tool.schema),
                    },
                }
                for tool in request.tools
            ]
        found["extra_body"] = body
    return found


def parameters(request: Request, wire: Wire, model: Model, *, plain: bool) -> ModelRequestParameters:
    """Return pydantic-ai's parameters of one request: tools, and structured output where it is wanted and offered."""
    tools = [] if wire == "openai" else [_tool(tool) for tool in request.tools]
    if request.schema is None or plain or not model.profile.get("supports_json_schema_output", False):
        return ModelRequestParameters(function_tools=tools)
    wanted = OutputObjectDefinition(json_schema=dict(request.schema), name="answer", strict=False)
    return ModelRequestParameters(function_tools=tools, output_mode="native", output_object=wanted)


def _tool(tool: Any) -> ToolDefinition:
    return ToolDefinition(
        name=tool.name, description=tool.description, parameters_json_schema=dict(tool.schema), strict=False
    )
