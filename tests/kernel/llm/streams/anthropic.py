"""Answers in the format of Anthropic's messages."""

from typing import Any

from tests.kernel.llm.streams.row import Odd, js, named, sse

DONE = "[DONE]"


# fmt: off
def start(**message: Any) -> dict[str, Any]:
    """The start of a message."""
    return {"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "content": [], **message}}


def block(value: Any, index: int = 0) -> dict[str, Any]:
    """The start of a block."""
    return {"type": "content_block_start", "index": index, "content_block": value}


def delta(value: Any, index: Any = 0) -> dict[str, Any]:
    """A piece of a block."""
    return {"type": "content_block_delta", "index": index, "delta": value}


def say(text: Any, index: Any = 0) -> dict[str, Any]:
    """A piece of text."""
    return delta({"type": "text_delta", "text": text}, index)


def ended(index: int = 0) -> dict[str, Any]:
    """The end of a block."""
    return {"type": "content_block_stop", "index": index}


def stop(reason: Any = "end_turn", **more: Any) -> dict[str, Any]:
    """Why the message ended."""
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, **more}


def used(*figures: Any) -> dict[str, Any]:
    """A usage: input, output, read from the cache, written to it."""
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return {name: figure for name, figure in zip(names, figures, strict=False) if figure is not ...}


def call(name: str, call_id: Any, index: int, *pieces: Any, **more: Any) -> tuple[dict[str, Any], ...]:
    """The block of a call."""
    deltas = (delta({"type": "input_json_delta", "partial_json": piece}, index) for piece in pieces)
    return (block({"type": "tool_use", "id": call_id, "name": name, "input": {}, **more}, index), *deltas, ended(index))


TEXT = {"type": "text", "text": ""}
END = {"type": "message_stop"}
PING = {"type": "ping"}
HELLO = (block(TEXT), say("Hello "), say("world"), ended())
WHOLE = (start(), *HELLO, stop(), END)
GET = (("get", '{"a": 1}'),)
BOTH = (("get", '{"a": 1}'), ("put", '{"b": 2}'))
CALLED = (stop("tool_use"), END)


def ends(*reasons: str, end: str) -> list[Odd]:
    """Rows of stop reasons."""
    return [Odd(f"stop reason {reason}", named(start(), *HELLO, stop(reason), END), end=end) for reason in reasons]


REASONS = [
    *ends("end_turn", "stop_sequence", "pause_turn", "tool_use", "STOP", "stop", "eos", "compaction", "Ende", end="end"),
    *ends("max_tokens", "model_context_window_exceeded", "MAX_TOKENS", "length", end="max_tokens"),
    *ends("refusal", "content_filter", "sensitive", "safety", end="content_filtered"),
    *ends("network_error", "abort", "error", end="interrupted"),
    Odd("a reason of null and the end", named(start(), *HELLO, stop(None), END)),
    Odd("an empty reason and the end", named(start(), *HELLO, stop(""), END)),
    Odd("a reason of null and no end", named(start(), *HELLO, stop(None)), end="interrupted"),
    Odd("no delta around the reason", named(start(), *HELLO, {"type": "message_delta"}, END)),
    Odd("a delta of null around the reason", named(start(), *HELLO, {"type": "message_delta", "delta": None}, END)),
    Odd("a refusal before any text", named(start(), stop("refusal"), END), text="", end="content_filtered"),
    Odd("the reason, then one of null", named(start(), *HELLO, stop("max_tokens"), stop(None), END), end="max_tokens"),
]

ENDS = [
    Odd("no message_delta", named(start(), *HELLO, END)),
    Odd("no message_stop", named(start(), *HELLO, stop())),
    Odd("neither", named(start(), *HELLO), end="interrupted"),
    Odd("neither, but [DONE]", named(start(), *HELLO) + sse(DONE)),
    Odd("both, and [DONE]", named(*WHOLE) + sse(DONE)),
    Odd("[DONE] after the reason", named(start(), *HELLO, stop("max_tokens")) + sse(DONE), end="max_tokens"),
    Odd("cut off in the text", named(start(), block(TEXT), say("Hello world")), end="interrupted", cut=True),
    Odd("cut off after the reason", named(start(), *HELLO, stop()), cut=True),
    Odd("cut off after the end", named(*WHOLE), cut=True),
    Odd("events after the end", named(*WHOLE, start(), block(TEXT), say("more"))),
    Odd("the end twice", named(*WHOLE, END)),
    Odd("a message without content", named(start(), stop(), END), text="", end="empty"),
    Odd("a start and nothing more", named(start()), text="", end="empty"),
    Odd("nothing at all", b"", text="", end="empty"),
    Odd("pings and nothing more", named(PING, PING), text="", end="empty"),
    Odd("a page of HTML", b"<html>\n<body>Sign in: now</body>\n</html>\n", text="", end="other"),
    Odd("broken JSON before any text", b"event: message_start\ndata: {nonsense\n\n", text="", end="other"),
    Odd("broken JSON in the middle", named(start(), *HELLO) + b"event: x\ndata: {nonsense\n\n", end="interrupted"),
    Odd("the last event lacks its blank line", named(start(), *HELLO, stop()) + b'event: message_stop\ndata: {"type": "message_stop"}'),
]

FRAMES = [
    Odd("a BOM", b"\xef\xbb\xbf" + named(*WHOLE)),
    Odd("CRLF", named(*WHOLE).replace(b"\n", b"\r\n")),
    Odd("CR", named(*WHOLE).replace(b"\n", b"\r")),
    Odd("no blanks after colons", named(*WHOLE).replace(b"event: ", b"event:").replace(b"data: ", b"data:")),
    Odd("data before the event name", b"".join(b"data: " + js(value) + b"\nevent: " + value["type"].encode() + b"\n\n" for value in WHOLE)),
    Odd("no event names", sse(*WHOLE)),
    Odd("no types, only event names", b"".join(b"event: " + value["type"].encode() + b"\ndata: " + js({k: v for k, v in value.items() if k != "type"}) + b"\n\n" for value in WHOLE)),
    Odd("wrong event names", named(*WHOLE).replace(b"event: content_block_delta", b"event: message")),
    Odd("no blank lines between events", named(*WHOLE).replace(b"\n\n", b"\n")),
    Odd("comments and pings", b": hi\n\n" + named(start(), PING, block(TEXT)) + b":\n" + named(say("Hello world"), PING, ended(), stop(), END)),
    Odd("JSON lines without data", b"\n".join(js(value) for value in WHOLE)),
    Odd("one array of all events", js(list(WHOLE))),
    Odd("a whole message, no stream", js({"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hello world"}], "stop_reason": "end_turn", "usage": used(4, 2)}), usage=(4, 2)),
    Odd("a whole message, printed over lines", b'{\n "type": "message",\n "content": [\n  {"type": "text", "text": "Hello world"}\n ],\n "stop_reason": "max_tokens"\n}', end="max_tokens"),
    Odd("letters of several bytes", named(start(), block(TEXT), say("Grüße, "), say("世界 👩‍👩‍👧"), stop(), END), text="Grüße, 世界 👩‍👩‍👧"),
    Odd("a pair of surrogates over two deltas", named(start()) + b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\ud83d"}}\n\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\ude00"}}\n\n' + named(stop(), END), text="a😀"),
]

BLOCKS = [
    Odd("no message_start", named(*HELLO, stop(), END)),
    Odd("a start without a message", named({"type": "message_start"}, *HELLO, stop(), END)),
    Odd("a start with a message of null", named({"type": "message_start", "message": None}, *HELLO, stop(), END)),
    Odd("two starts", named(start(), start(), *HELLO, stop(), END)),
    Odd("no content_block_start", named(start(), say("Hello "), say("world"), stop(), END)),
    Odd("no content_block_stop", named(start(), block(TEXT), say("Hello world"), stop(), END)),
    Odd("text in the start of the block", named(start(), block({"type": "text", "text": "Hello "}), say("world"), ended(), stop(), END)),
    Odd("no index", named(start(), {"type": "content_block_start", "content_block": TEXT}, say("Hello world", None), stop(), END)),
    Odd("the block is null", named(start(), block(None), say("Hello world"), stop(), END)),
    Odd("a delta of null", named(start(), block(TEXT), delta(None), say("Hello world"), stop(), END)),
    Odd("no delta", named(start(), {"type": "content_block_delta", "index": 0}, *HELLO, stop(), END)),
    Odd("a delta without a type", named(start(), block(TEXT), delta({"text": "Hello world"}), stop(), END)),
    Odd("a text of null", named(start(), block(TEXT), say(None), say("Hello world"), stop(), END)),
    Odd("an empty text", named(start(), block(TEXT), say(""), say("Hello world"), say(""), stop(), END)),
    Odd("two blocks of text", named(start(), block(TEXT), say("Hello "), ended(), block(TEXT, 1), say("world", 1), ended(1), stop(), END)),
    Odd("an event of a type nobody knows", named(start(), {"type": "weather", "index": 0}, *HELLO, stop(), END)),
    Odd("a block of a type nobody knows", named(start(), block({"type": "server_tool_use", "id": "s", "name": "web_search"}), delta({"type": "input_json_delta", "partial_json": "{}"}), ended(), block(TEXT, 1), say("Hello world", 1), stop(), END)),
    Odd("citations", named(start(), block(TEXT), delta({"type": "citations_delta", "citation": {"cited_text": "x"}}), say("Hello world"), stop(), END)),
    Odd("thoughts with a signature", named(start(), block({"type": "thinking", "thinking": ""}), delta({"type": "thinking_delta", "thinking": "Hm. "}), delta({"type": "thinking_delta", "thinking": "So."}), delta({"type": "signature_delta", "signature": "c2ln"}), ended(), block(TEXT, 1), say("Hello world", 1), stop(), END), thought="Hm. So."),
    Odd("thoughts of null", named(start(), block({"type": "thinking", "thinking": None}), delta({"type": "thinking_delta", "thinking": None}), *HELLO, stop(), END)),
    Odd("hidden thoughts", named(start(), block({"type": "redacted_thinking", "data": "eHg="}), ended(), block(TEXT, 1), say("Hello world", 1), stop(), END)),
    Odd("thoughts and no answer", named(start(), block({"type": "thinking", "thinking": "Hm."}), ended(), stop("max_tokens"), END), text="", thought="Hm.", end="empty"),
]

USAGE = [
    Odd("usage at the start and at the end", named(start(usage=used(25, 1)), *HELLO, stop(usage=used(..., 15)), END), usage=(25, 15)),
    Odd("the whole usage at the end", named(start(usage=used(25, 1)), *HELLO, stop(usage=used(25, 15)), END), usage=(25, 15)),
    Odd("usage at the end alone", named(start(), *HELLO, stop(usage=used(25, 15)), END), usage=(25, 15)),
    Odd("usage at the start alone", named(start(usage=used(25, 1)), *HELLO, stop(), END), usage=(25, 1)),
    Odd("usage in several deltas", named(start(usage=used(25, 1)), *HELLO, stop(None, usage=used(..., 9)), stop(usage=used(..., 15)), END), usage=(25, 15)),
    Odd("zeros at the end", named(start(usage=used(25, 15)), *HELLO, stop(usage=used(0, 0)), END), usage=(25, 15)),
    Odd("zeros at the start", named(start(usage=used(0, 0)), *HELLO, stop(usage=used(25, 15)), END), usage=(25, 15)),
    Odd("the cache counts as input", named(start(usage=used(5, 1, 100, 20)), *HELLO, stop(usage=used(..., 15)), END), usage=(125, 15)),
    Odd("the cache told twice", named(start(usage=used(5, 1, 100, 20)), *HELLO, stop(usage=used(5, 15, 100, 20)), END), usage=(125, 15)),
    Odd("usage of null", named(start(usage=None), *HELLO, stop(usage=None), END)),
    Odd("figures of null", named(start(usage=used(25, None, None)), *HELLO, stop(usage=used(None, 15)), END), usage=(25, 15)),
    Odd("usage in the delta", named(start(), *HELLO, {"type": "message_delta", "delta": {"stop_reason": "end_turn", "usage": used(25, 15)}}, END), usage=(25, 15)),
    Odd("usage before a cut", named(start(usage=used(25, 1)), block(TEXT), say("Hello world")), usage=(25, 1), end="interrupted", cut=True),
]

ERRORS = [
    Odd("overloaded before any text", named({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}), text="", end="unavailable"),
    Odd("a limit before any text", named({"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}), text="", end="rate_limited"),
    Odd("the key", named({"type": "error", "error": {"type": "authentication_error", "message": "x"}}), text="", end="auth"),
    Odd("the model", named({"type": "error", "error": {"type": "not_found_error", "message": "x"}}), text="", end="model_unknown"),
    Odd("the size", named({"type": "error", "error": {"type": "request_too_large", "message": "x"}}), text="", end="context_too_long"),
    Odd("a fault", named(start(), {"type": "error", "error": {"type": "api_error", "message": "x"}}), text="", end="unavailable"),
    Odd("a bad request", named({"type": "error", "error": {"type": "invalid_request_error", "message": "rate limit"}}), text="", end="other"),
    Odd("overloaded in the middle", named(start(), *HELLO, {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}), end="interrupted"),
    Odd("an error without a type", b'event: error\ndata: {"error": {"type": "overloaded_error"}}\n\n', text="", end="unavailable"),
    Odd("an error without anything", named(start(), *HELLO, {"type": "error"}), end="interrupted"),
    Odd("an error that is a text", named({"type": "error", "error": "overloaded"}), text="", end="other"),
    Odd("an error that is no event", js({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}), text="", end="unavailable"),
    Odd("an error in the shape of OpenAI", sse({"error": {"code": 429, "message": "x"}}), text="", end="rate_limited"),
    Odd("an error of null", named({**start(), "error": None}, *HELLO, stop(), END)),
    Odd("an error after the reason", named(start(), *HELLO, stop(), {"type": "error", "error": {"type": "api_error"}})),
]

CALLS = [
    Odd("a call", named(start(), *call("get", "a", 0, "", '{"a"', ": 1}"), *CALLED), text="", calls=GET, end="tool_calls"),
    Odd("a call after text", named(start(), *HELLO, *call("get", "a", 1, '{"a": 1}'), *CALLED), calls=GET, end="tool_calls"),
    Odd("text after a call", named(start(), *call("get", "a", 0, '{"a": 1}'), block(TEXT, 1), say("Hello world", 1), *CALLED), calls=GET, end="tool_calls"),
    Odd("two calls", named(start(), *call("get", "a", 0, '{"a": 1}'), *call("put", "b", 1, '{"b": 2}'), *CALLED), text="", calls=BOTH, end="tool_calls"),
    Odd("two calls, mixed", named(start(), call("get", "a", 0)[0], call("put", "b", 1)[0], delta({"type": "input_json_delta", "partial_json": '{"a": 1}'}, 0), delta({"type": "input_json_delta", "partial_json": '{"b": 2}'}, 1), ended(0), ended(1), *CALLED), text="", calls=BOTH, end="tool_calls"),
    Odd("two calls that share an index", named(start(), *call("get", "a", 0, '{"a": 1}'), *call("put", "b", 0, '{"b": 2}'), *CALLED), text="", calls=BOTH, end="tool_calls"),
    Odd("the input in the start", named(start(), *call("get", "a", 0, input={"a": 1}), *CALLED), text="", calls=GET, end="tool_calls"),
    Odd("the input in the start and in pieces", named(start(), *call("get", "a", 0, '{"a": 1}', input={"a": 1}), *CALLED), text="", calls=GET, end="tool_calls"),
    Odd("no input", named(start(), *call("get", "a", 0), *CALLED), text="", calls=(("get", "{}"),), end="tool_calls"),
    Odd("an input of null", named(start(), *call("get", "a", 0, None, input=None), *CALLED), text="", calls=(("get", "{}"),), end="tool_calls"),
    Odd("no ids", named(start(), *call("get", None, 0, '{"a": 1}'), *call("put", "", 1, '{"b": 2}'), *CALLED), text="", calls=BOTH, end="tool_calls"),
    Odd("the same id twice", named(start(), *call("get", "a", 0, '{"a": 1}'), *call("put", "a", 1, '{"b": 2}'), *CALLED), text="", calls=BOTH, end="tool_calls"),
    Odd("a call and the reason end_turn", named(start(), *call("get", "a", 0, '{"a": 1}'), stop(), END), text="", calls=GET, end="tool_calls"),
    Odd("a call that is not stopped", named(start(), *call("get", "a", 0, '{"a": 1}')[:-1], *CALLED), text="", calls=GET, end="tool_calls"),
    Odd("a call cut at the limit", named(start(), *call("get", "a", 0, '{"a": "lo')[:-1], stop("max_tokens"), END), text="", calls=(("get", '{"a": "lo'),), end="max_tokens"),
    Odd("pieces of a call that never began", named(start(), delta({"type": "input_json_delta", "partial_json": "{}"}, 5), *HELLO, stop(), END)),
    Odd("a call and no end", named(start(), *call("get", "a", 0, '{"a": 1}')), text="", calls=GET, end="interrupted"),
    Odd("a whole message with a call", js({"type": "message", "content": [{"type": "text", "text": "Hello world"}, {"type": "tool_use", "id": "a", "name": "get", "input": {"a": 1}}], "stop_reason": "tool_use"}), calls=GET, end="tool_calls"),
]

ROWS = [*REASONS, *ENDS, *FRAMES, *BLOCKS, *USAGE, *ERRORS, *CALLS]
