"""Answers in the format of OpenAI's chat completions."""

from typing import Any

from tests.kernel.llm.streams.row import Odd, js, sse

DONE = "[DONE]"


# fmt: off
def say(content: Any, **more: Any) -> dict[str, Any]:
    """A chunk with a content."""
    return {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": content}}], **more}


def delta(value: Any, **more: Any) -> dict[str, Any]:
    """A chunk with any delta."""
    return {"choices": [{"index": 0, "delta": value, **more}]}


def stop(reason: Any = "stop", **more: Any) -> dict[str, Any]:
    """A chunk with the reason why the answer ended."""
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **more}


def used(prompt: Any, completion: Any, **more: Any) -> dict[str, Any]:
    """A usage."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, **more}


def tool(*entries: Any) -> dict[str, Any]:
    """A chunk with pieces of calls."""
    return delta({"tool_calls": list(entries)})


def piece(arguments: Any = None, name: Any = None, **more: Any) -> dict[str, Any]:
    """A piece of a call."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**more, "function": function}


HELLO = say("Hello world")
TWO = (say("Hello "), say("world"))
ENDED = (*TWO, stop(), DONE)
GET = (("get", '{"a": 1}'),)
BOTH = (("get", '{"a": 1}'), ("put", '{"b": 2}'))


def ends(*reasons: str, end: str) -> list[Odd]:
    """Rows of finish reasons."""
    return [Odd(f"finish reason {reason}", sse(HELLO, stop(reason), DONE), end=end) for reason in reasons]


REASONS = [
    *ends("stop", "eos", "eos_token", "end_turn", "stop_sequence", "STOP", "complete", "COMPLETE", "Stop", end="end"),
    *ends("whatever-it-is", "stop_str", "ガク", "tool_calls", "function_call", end="end"),
    *ends("length", "model_length", "max_tokens", "MAX_TOKENS", "model_context_window_exceeded", end="max_tokens"),
    *ends("Length", "max-tokens", "maxTokens", "max_output_tokens", "FINISH_REASON_MAX_TOKENS", end="max_tokens"),
    *ends("content_filter", "sensitive", "safety", "recitation", "SAFETY", "Content-Filter", end="content_filtered"),
    *ends("network_error", "insufficient_system_resource", "abort", "error", "Network_Error", end="interrupted"),
    Odd("the reason is padded with blanks", sse(HELLO, stop(" length "), DONE), end="max_tokens"),
    Odd("empty reasons on the way", sse(say("Hello ") | {"choices": [{"delta": {"content": "Hello "}, "finish_reason": ""}]}, say("world"), stop(), DONE)),
    Odd("an empty reason, then nothing", sse(HELLO, stop("")), end="interrupted"),
    Odd("the word null as a reason, then nothing", sse(HELLO, stop("null")), end="interrupted"),
    Odd("a number as a reason, then nothing", sse(HELLO, stop(0)), end="interrupted"),
    Odd("an empty reason and the end marker", sse(HELLO, stop(""), DONE)),
    Odd("the reason beside the last text", sse(say("Hello "), delta({"content": "world"}, finish_reason="stop"), DONE)),
    Odd("the reason with every piece", sse(delta({"content": "Hello "}, finish_reason="stop"), delta({"content": "world"}, finish_reason="stop"), DONE)),
    Odd("the reason without any delta", sse(HELLO, {"choices": [{"index": 0, "finish_reason": "length"}]}, DONE), end="max_tokens"),
    Odd("the reason beside a delta of null", sse(HELLO, {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}, DONE)),
    Odd("a null reason after the reason", sse(HELLO, stop("length"), stop(None), DONE), end="max_tokens"),
    Odd("text after the reason", sse(say("Hello "), stop(), say("world"), DONE)),
]

ENDS = [
    Odd("an end marker and no reason", sse(HELLO, DONE)),
    Odd("usage, an end marker, no reason", sse(HELLO, {"choices": [], "usage": used(9, 3)}, DONE), usage=(9, 3)),
    Odd("no end marker and no reason", sse(HELLO), end="interrupted"),
    Odd("no end marker, but usage", sse(HELLO, {"choices": [], "usage": used(9, 3)}), end="interrupted", usage=(9, 3)),
    Odd("a reason and no end marker", sse(*TWO, stop())),
    Odd("cut off in the text", sse(HELLO), end="interrupted", cut=True),
    Odd("cut off after the reason", sse(HELLO, stop()), cut=True),
    Odd("cut off after the end marker", sse(HELLO, DONE), cut=True),
    Odd("the last event lacks its blank line", sse(HELLO) + b"data: [DONE]"),
    Odd("the last chunk lacks its line end", sse(HELLO) + b"data: " + js(stop())),
    Odd("the end marker without a blank", sse(HELLO) + b"data:[DONE]\n\n"),
    Odd("the end marker with blanks around", sse(HELLO) + b"data:  [DONE]  \r\n\r\n"),
    Odd("the end marker in quotes", sse(HELLO) + b'data: "[DONE]"\n\n'),
    Odd("the end marker in small letters", sse(HELLO) + b"data: [done]\n\n"),
    Odd("the end marker without brackets", sse(HELLO) + b"data: DONE\n\n"),
    Odd("the end marker without `data`", sse(HELLO) + b"[DONE]\n\n"),
    Odd("the end marker as an event name", sse(HELLO) + b"event: done\ndata:\n\n"),
    Odd("the end marker twice", sse(HELLO, DONE, DONE)),
    Odd("text after the end marker", sse(HELLO, DONE, say(" and more"))),
    Odd("broken JSON after the end marker", sse(HELLO, DONE) + b"data: {nonsense\n\n"),
    Odd("broken JSON after the reason", sse(HELLO, stop()) + b"data: {nonsense\n\n"),
    Odd("nothing but the end marker", sse(DONE), text="", end="empty"),
    Odd("nothing at all", b"", text="", end="empty"),
    Odd("nothing but blank lines", b"\n\n\n", text="", end="empty"),
    Odd("nothing but a reason", sse(stop(), DONE), text="", end="empty"),
    Odd("a page of HTML", b"<!doctype html>\n<html><body>Sign in: now</body></html>\n", text="", end="other"),
    Odd("a JSON object cut off", sse(HELLO) + b'data: {"choices": [{"del', end="interrupted"),
    Odd("broken JSON before any text", b"data: {nonsense\n\n", text="", end="other"),
]

FRAMES = [
    Odd("a BOM", b"\xef\xbb\xbf" + sse(*ENDED)),
    Odd("CRLF", sse(*ENDED, end=b"\r\n\r\n")),
    Odd("CR", sse(*ENDED, end=b"\r\r")),
    Odd("line ends of all kinds", sse(TWO[0], end=b"\r\n\n") + sse(TWO[1], end=b"\n\r\n") + sse(stop(), DONE, end=b"\r\r\n")),
    Odd("no blank after the colon", b"".join(b"data:" + js(value) + b"\n\n" for value in ENDED)),
    Odd("comments that keep alive", b": OPENROUTER PROCESSING\n\n" + sse(TWO[0]) + b":\n\n:ping\n" + sse(TWO[1], stop(), DONE)),
    Odd("fields id, retry and event", b"id: 1\nretry: 3000\nevent: message\n" + sse(TWO[0]) + b"event: completion\nid: 2\n" + sse(TWO[1], stop(), DONE)),
    Odd("no blank lines between events", sse(*ENDED, end=b"\n")),
    Odd("many blank lines between events", sse(*ENDED, end=b"\n\n\n\n")),
    Odd("an event over several data lines", b'data: {"choices": [{"delta":\ndata: {"content": "Hello world"}}]}\n\n' + sse(stop(), DONE)),
    Odd("an event printed over lines behind one data", b'data: {\n  "choices": [\n    {"delta": {"content": "Hello world"}}\n  ]\n}\n\n' + sse(stop(), DONE)),
    Odd("chatter as data", b"data: ping\n\ndata: 7\n\ndata: null\n\ndata: []\n\ndata: {}\n\ndata:\n\n" + sse(*ENDED)),
    Odd("JSON lines without data", b"\n".join(js(value) for value in ENDED)),
    Odd("one array of all chunks", js([*TWO, stop()])),
    Odd("a whole completion, no stream", js({"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello world"}, "finish_reason": "stop"}], "usage": used(4, 2)}), usage=(4, 2)),
    Odd("a whole completion, printed over lines", b'{\n  "choices": [\n    {\n      "message": {"content": "Hello world"}\n    }\n  ]\n}\n'),
    Odd("a whole completion as one event", sse({"choices": [{"message": {"content": "Hello world"}, "finish_reason": "length"}]}), end="max_tokens"),
    Odd("letters of several bytes", sse(say("Grüße, "), say("世界 👩‍👩‍👧"), stop(), DONE), text="Grüße, 世界 👩‍👩‍👧"),
    Odd("letters as escapes", b'data: {"choices":[{"delta":{"content":"\\u4e16\\u754c \\ud83d\\ude00"}}]}\n\n' + sse(DONE), text="世界 😀"),
    Odd("a pair of surrogates over two chunks", b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\ndata: {"choices":[{"delta":{"content":"\\ude00b"}}]}\n\n' + sse(DONE), text="a😀b"),
    Odd("half a pair of surrogates", b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n' + sse(say("b"), DONE), text="a\ufffdb"),
    Odd("bytes that are no UTF-8", b'data: {"choices":[{"delta":{"content":"a\xffb"}}]}\n\n' + sse(DONE), text="a\ufffdb"),
    Odd("separators of Unicode inside a line", sse(say("a\u2028b\u0085c"), stop(), DONE), text="a\u2028b\u0085c"),
    Odd("line ends as text", sse(say("a\r\n"), say("\n"), say("b"), DONE), text="a\r\n\nb"),
]

DELTAS = [
    Odd("no delta", sse(TWO[0], {"choices": [{"index": 0}]}, TWO[1], stop(), DONE)),
    Odd("a delta of null", sse(TWO[0], delta(None), TWO[1], stop(), DONE)),
    Odd("an empty delta", sse(TWO[0], delta({}), TWO[1], stop(), DONE)),
    Odd("a content of null", sse(say(None), *ENDED)),
    Odd("an empty content", sse(say(""), TWO[0], say(""), TWO[1], stop(), DONE)),
    Odd("a content that is a number", sse(say(7), *ENDED)),
    Odd("a content of parts", sse(say([{"type": "text", "text": "Hello "}]), say([{"type": "text", "text": "world"}, None]), DONE)),
    Odd("roles in every delta", sse(delta({"role": "assistant", "content": "Hello "}), delta({"role": "assistant", "content": "world"}), DONE)),
    Odd("no choices", sse({}, {"id": "c"}, *ENDED)),
    Odd("choices of null", sse({"choices": None}, *ENDED)),
    Odd("empty choices first (content filter of Azure)", sse({"choices": [], "prompt_filter_results": [{}]}, *ENDED)),
    Odd("a choice of null", sse({"choices": [None]}, *ENDED)),
    Odd("one choice and no array", sse({"choices": {"delta": {"content": "Hello world"}}}, DONE)),
    Odd("no index, id, object, created, model", sse({"choices": [{"delta": {"content": "Hello world"}}]}, DONE)),
    Odd("an index of null", sse({"choices": [{"index": None, "delta": {"content": "Hello world"}}]}, DONE)),
    Odd("ids that are numbers", sse({**HELLO, "id": 1, "created": "now", "model": None}, DONE)),
    Odd("two choices, mixed", sse({"choices": [{"index": 1, "delta": {"content": "NO"}}, {"index": 0, "delta": {"content": "Hello "}}]}, {"choices": [{"index": 1, "delta": {"content": "NO"}, "finish_reason": "length"}]}, TWO[1], stop(), DONE)),
    Odd("two choices, the second ends first", sse(TWO[0], {"choices": [{"index": 1, "delta": {}, "finish_reason": "content_filter"}]}, TWO[1], stop(), DONE)),
    Odd("a single choice that is called the second", sse({"choices": [{"index": 1, "delta": {"content": "Hello world"}}]}, {"choices": [{"index": 1, "delta": {}, "finish_reason": "stop"}]}, DONE)),
    Odd("text of the older completions", sse({"choices": [{"index": 0, "text": "Hello "}]}, {"choices": [{"index": 0, "text": "world", "finish_reason": "stop"}]}, DONE)),
    Odd("the whole message repeated at the end", sse(*TWO, {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello world"}, "finish_reason": "stop"}]}, DONE)),
    Odd("a refusal", sse(delta({"refusal": "I cannot"}), stop(), DONE), text="", end="content_filtered"),
    Odd("a refusal of null", sse(delta({"content": "Hello world", "refusal": None}), stop(), DONE)),
    Odd("fields nobody knows", sse({**HELLO, "obfuscation": "x" * 30, "service_tier": None, "nvext": {"a": [1]}}, stop(), DONE)),
]

USAGE = [
    Odd("usage in every chunk", sse(*(say(word, usage=used(100, n)) for n, word in enumerate(("He", "l", "lo", " ", "wo", "r", "ld"), 1)), stop(usage=used(100, 7)), DONE), usage=(100, 7)),
    Odd("usage with the reason and again at the end", sse(HELLO, stop(usage=used(11, 7)), {"choices": [], "usage": used(11, 7)}, DONE), usage=(11, 7)),
    Odd("usage at the end", sse(HELLO, stop(), {"choices": [], "usage": used(11, 7)}, DONE), usage=(11, 7)),
    Odd("usage before the text", sse({"choices": [], "usage": used(11, 0)}, HELLO, stop(usage=used(11, 7)), DONE), usage=(11, 7)),
    Odd("usage of null", sse(say("Hello world", usage=None), stop(usage=used(11, 7)), {"choices": [], "usage": None}, DONE), usage=(11, 7)),
    Odd("usage without figures", sse(say("Hello world", usage=used(11, 7)), stop(usage={}), DONE), usage=(11, 7)),
    Odd("usage of zeros at the end", sse(say("Hello world", usage=used(11, 7)), stop(usage=used(0, 0)), DONE), usage=(11, 7)),
    Odd("usage with one figure at a time", sse(say("Hello world", usage={"prompt_tokens": 11}), stop(usage={"completion_tokens": 7}), DONE), usage=(11, 7)),
    Odd("usage in the choice (Moonshot)", sse(HELLO, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage": used(11, 7)}]}, DONE), usage=(11, 7)),
    Odd("usage in x_groq", sse(HELLO, stop(x_groq={"id": "r", "usage": used(11, 7)}), DONE), usage=(11, 7)),
    Odd("usage with the newer names", sse(HELLO, stop(usage={"input_tokens": 11, "output_tokens": 7}), DONE), usage=(11, 7)),
    Odd("usage as texts and floats", sse(HELLO, stop(usage=used("11", 7.0)), DONE), usage=(11, 7)),
    Odd("usage that is nonsense", sse(HELLO, stop(usage=used(-5, "many")), {"usage": [1], "choices": []}, DONE)),
    Odd("usage with details of null", sse(HELLO, stop(usage=used(11, 7, prompt_tokens_details=None, completion_tokens_details=None)), DONE), usage=(11, 7)),
    Odd("usage after a cut", sse(say("Hello world", usage=used(11, 2))), usage=(11, 2), end="interrupted", cut=True),
    Odd("no usage", sse(*ENDED)),
]

ERRORS = [
    Odd("an error before any text", sse({"error": {"message": "quota", "code": 502}}), text="", end="unavailable"),
    Odd("an error of a limit", sse({"error": {"message": "no", "code": 429}}, DONE), text="", end="rate_limited"),
    Odd("an error with a code in words", sse({"error": {"message": "no", "type": "x", "code": "rate_limit_exceeded"}}), text="", end="rate_limited"),
    Odd("an error of the key", sse({"error": {"message": "no", "code": "invalid_api_key"}}), text="", end="auth"),
    Odd("an error of the length", sse({"error": {"code": "context_length_exceeded"}}), text="", end="context_too_long"),
    Odd("an error in a text", sse({"error": "rate limit, they say"}), text="", end="other"),
    Odd("an error as an event", b'event: error\ndata: {"message": "x", "code": 503}\n\n', text="", end="unavailable"),
    Odd("an error as an event without JSON", b"event: error\ndata: upstream fell over\n\n", text="", end="other"),
    Odd("an error called an object", sse({"object": "error", "message": "no", "code": 401}), text="", end="auth"),
    Odd("an error and no event", js({"error": {"message": "no", "type": "server_error"}}), text="", end="unavailable"),
    Odd("an error in the words of another house", js({"code": 429, "msg": "too fast"}), text="", end="rate_limited"),
    Odd("an error in the middle", sse(HELLO, {"error": {"message": "x", "code": 500}}, DONE), end="interrupted"),
    Odd("an error in the choice (OpenRouter)", sse(HELLO, {"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error", "error": {"code": 502}}]}), end="interrupted"),
    Odd("a limit in the middle", sse(HELLO, {"error": {"message": "x", "code": 429}}), end="rate_limited"),
    Odd("an error of null in every chunk", sse({**HELLO, "error": None}, {**stop(), "error": None}, DONE)),
    Odd("an empty error", sse({**HELLO, "error": {}}, {**stop(), "error": ""}, DONE)),
    Odd("an error after the reason", sse(HELLO, stop(), {"error": {"message": "no usage today"}})),
]

THOUGHTS = [
    Odd("reasoning_content", sse(delta({"reasoning_content": "Hm. "}), delta({"reasoning_content": "So.", "content": None}), *ENDED), thought="Hm. So."),
    Odd("reasoning", sse(delta({"reasoning": "Hm.", "content": ""}), *ENDED), thought="Hm."),
    Odd("both, the same twice", sse(delta({"reasoning": "Hm.", "reasoning_content": "Hm."}), *ENDED), thought="Hm."),
    Odd("reasoning that is no text", sse(delta({"reasoning": {"a": 1}, "content": "Hello world"}), DONE)),
    Odd("parts of thinking (Mistral)", sse(say([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]), *ENDED), thought="Hm."),
    Odd("tags", sse(say("<think>"), say("Hm."), say("</think>"), say("\n\n"), *ENDED), thought="Hm."),
    Odd("tags split over chunks", sse(say("\n<th"), say("ink>Hm"), say(". </thi"), say("nk>\n\nHello"), say(" world"), DONE), thought="Hm. "),
    Odd("tags further on", sse(say("Hello <think>world"), DONE), text="Hello <think>world"),
    Odd("what only looks like a tag", sse(say("<thin"), say("g> Hello world"), DONE), text="<thing> Hello world"),
    Odd("thoughts and no answer", sse(delta({"reasoning_content": "Hm."}), stop("length"), DONE), text="", thought="Hm.", end="empty"),
    Odd("a tag that is never closed", sse(say("<think>Hm."), DONE), text="", thought="Hm.", end="empty"),
]

CALLS = [
    Odd("a call", sse(tool(piece("", "get", index=0, id="a", type="function")), tool(piece('{"a"', index=0)), tool(piece(": 1}", index=0)), stop("tool_calls"), DONE), text="", calls=GET, end="tool_calls"),
    Odd("a call in one piece, reason stop (Ollama)", sse(tool(piece('{"a": 1}', "get", index=0, id="a")), stop(), DONE), text="", calls=GET, end="tool_calls"),
    Odd("a call after text", sse(*TWO, tool(piece('{"a": 1}', "get", index=0, id="a")), stop("tool_calls"), DONE), calls=GET, end="tool_calls"),
    Odd("a call without an index", sse(tool(piece("", "get", id="a")), tool(piece('{"a"')), tool(piece(": 1}")), stop("tool_calls"), DONE), text="", calls=GET, end="tool_calls"),
    Odd("a call without an id", sse(tool(piece("", "get", index=0)), tool(piece('{"a": 1}', index=0)), DONE), text="", calls=GET, end="tool_calls"),
    Odd("a call with neither", sse(tool(piece("", "get")), tool(piece('{"a": 1}')), stop("tool_calls"), DONE), text="", calls=GET, end="tool_calls"),
    Odd("ids of null and empty", sse(tool(piece("", "get", index=0, id=None)), tool(piece('{"a": 1}', index=0, id="")), stop("tool_calls"), DONE), text="", calls=GET, end="tool_calls"),
    Odd("the name repeated in every piece", sse(tool(piece("", "get", index=0, id="a")), tool(piece('{"a"', "get", index=0, id="a")), tool(piece(": 1}", "get", index=0, id="a")), DONE), text="", calls=GET, end="tool_calls"),
    Odd("the name comes late", sse(tool({"index": 0, "id": "a"}), tool(piece('{"a"', index=0)), tool(piece(": 1}", "get", index=0)), DONE), text="", calls=GET, end="tool_calls"),
    Odd("names of null and empty", sse(tool(piece("", "get", index=0, id="a")), tool({"index": 0, "function": {"name": None, "arguments": '{"a": 1}'}}), tool({"index": 0, "function": {"name": "", "arguments": None}}), DONE), text="", calls=GET, end="tool_calls"),
    Odd("arguments as an object", sse(tool(piece({"a": 1}, "get", index=0, id="a")), stop(), DONE), text="", calls=GET, end="tool_calls"),
    Odd("no arguments at all", sse(tool(piece(None, "get", index=0, id="a")), stop("tool_calls"), DONE), text="", calls=(("get", "{}"),), end="tool_calls"),
    Odd("arguments that are no JSON", sse(tool(piece("{'a'", "get", index=0, id="a")), stop("tool_calls"), DONE), text="", calls=(("get", "{'a'"),), end="tool_calls"),
    Odd("arguments cut at the limit", sse(tool(piece('{"a": "lo', "get", index=0, id="a")), stop("length"), DONE), text="", calls=(("get", '{"a": "lo'),), end="max_tokens"),
    Odd("two calls, mixed", sse(tool(piece("", "get", index=0, id="a")), tool(piece("", "put", index=1, id="b")), tool(piece('{"a"', index=0), piece('{"b"', index=1)), tool(piece(": 2}", index=1)), tool(piece(": 1}", index=0)), stop("tool_calls"), DONE), text="", calls=BOTH, end="tool_calls"),
    Odd("two calls that share the index 0 (Gemini)", sse(tool(piece('{"a": 1}', "get", index=0, id="a")), tool(piece('{"b": 2}', "put", index=0, id="b")), stop("tool_calls"), DONE), text="", calls=BOTH, end="tool_calls"),
    Odd("two calls without index and id", sse(tool(piece('{"a": 1}', "get"), piece('{"b": 2}', "put")), stop(), DONE), text="", calls=BOTH, end="tool_calls"),
    Odd("the same call twice without index and id", sse(tool(piece('{"a": 1}', "get")), tool(piece('{"a": 1}', "get")), stop(), DONE), text="", calls=GET * 2, end="tool_calls"),
    Odd("two calls told apart by ids", sse(tool(piece("", "get", id="a"), piece("", "put", id="b")), tool(piece('{"b": 2}', id="b")), tool(piece('{"a": 1}', id="a")), DONE), text="", calls=BOTH, end="tool_calls"),
    Odd("two calls with the same id", sse(tool(piece('{"a": 1}', "get", index=0, id="a"), piece('{"b": 2}', "put", index=1, id="a")), DONE), text="", calls=BOTH, end="tool_calls"),
    Odd("indexes that begin at 1", sse(tool(piece('{"a": 1}', "get", index=1, id="a")), tool(piece('{"b": 2}', "put", index=2, id="b")), DONE), text="", calls=BOTH, end="tool_calls"),
    Odd("calls of null", sse(delta({"content": "Hello world", "tool_calls": None}), delta({"tool_calls": []}), DONE)),
    Odd("a call without a function", sse(tool({"index": 0, "id": "a"}), *ENDED)),
    Odd("the older function_call", sse(delta({"function_call": {"name": "get", "arguments": ""}}), delta({"function_call": {"arguments": '{"a": 1}'}}), stop("function_call"), DONE), text="", calls=GET, end="tool_calls"),
    Odd("a reason of calls and none", sse(HELLO, stop("tool_calls"), DONE)),
    Odd("a call and no end", sse(tool(piece('{"a": 1}', "get", index=0, id="a"))), text="", end="interrupted"),
    Odd("a whole completion with a call", js({"choices": [{"message": {"content": None, "tool_calls": [piece('{"a": 1}', "get", id="a")]}, "finish_reason": "tool_calls"}]}), text="", calls=GET, end="tool_calls"),
]

ROWS = [*REASONS, *ENDS, *FRAMES, *DELTAS, *USAGE, *ERRORS, *THOUGHTS, *CALLS]
