"""Answers in the format of Google's generated content."""

from typing import Any

from tests.kernel.llm.streams.row import Odd, js, sse

DONE = "[DONE]"


# fmt: off
def parts(*values: Any, **candidate: Any) -> dict[str, Any]:
    """A chunk with parts of content."""
    return {"candidates": [{"content": {"role": "model", "parts": list(values)}, "index": 0, **candidate}]}


def say(text: Any, **candidate: Any) -> dict[str, Any]:
    """A chunk with text."""
    return parts({"text": text}, **candidate)


def stop(reason: Any = "STOP", **more: Any) -> dict[str, Any]:
    """A chunk with the reason why the answer ended."""
    return {"candidates": [{"finishReason": reason, "index": 0}], **more}


def used(prompt: Any, said: Any, thought: Any = None, **more: Any) -> dict[str, Any]:
    """A usage."""
    found = {"promptTokenCount": prompt, "candidatesTokenCount": said, "thoughtsTokenCount": thought, **more}
    return {name: figure for name, figure in found.items() if figure is not None}


def call(name: Any, args: Any = ..., **more: Any) -> dict[str, Any]:
    """A part that calls a function."""
    return {"functionCall": {"name": name, **({} if args is ... else {"args": args}), **more}}


HELLO = say("Hello world")
TWO = (say("Hello "), say("world"))
ENDED = (*TWO, stop())
GET = (("get", '{"a": 1}'),)
BOTH = (("get", '{"a": 1}'), ("put", '{"b": 2}'))


def ends(*reasons: str, end: str) -> list[Odd]:
    """Rows of finish reasons."""
    return [Odd(f"finish reason {reason}", sse(HELLO, stop(reason)), end=end) for reason in reasons]


REASONS = [
    *ends("STOP", "stop", "end_turn", "OTHER", "LANGUAGE", "FINISH_REASON_STOP", "SOMETHING_NEW", "eos", end="end"),
    *ends("MAX_TOKENS", "max_tokens", "length", "model_length", "MaxTokens", end="max_tokens"),
    *ends("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR", "content_filter", end="content_filtered"),
    *ends("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "network_error", "abort", end="interrupted"),
    Odd("an empty reason, then nothing", sse(HELLO, stop("")), end="interrupted"),
    Odd("a reason of null, then nothing", sse(HELLO, stop(None)), end="interrupted"),
    Odd("a reason that is a number", sse(HELLO, stop(1)), end="interrupted"),
    Odd("the reason beside the last text", sse(say("Hello "), say("world", finishReason="STOP"))),
    Odd("the reason with every chunk", sse(say("Hello ", finishReason="STOP"), say("world", finishReason="STOP"))),
    Odd("the reason, then a chunk without one", sse(HELLO, stop("MAX_TOKENS"), {"usageMetadata": used(4, 2)}), end="max_tokens", usage=(4, 2)),
    Odd("the reason in snake_case", sse(HELLO, {"candidates": [{"finish_reason": "MAX_TOKENS"}]}), end="max_tokens"),
    Odd("the prompt is blocked", sse({"promptFeedback": {"blockReason": "SAFETY"}}), text="", end="content_filtered"),
    Odd("the prompt is blocked for another reason", sse({"promptFeedback": {"blockReason": "OTHER"}, "usageMetadata": used(4, None)}), text="", end="content_filtered", usage=(4, 0)),
    Odd("feedback without a block", sse({"promptFeedback": {"safetyRatings": []}, **HELLO}, stop())),
    Odd("feedback of null", sse({"promptFeedback": None, **HELLO}, stop())),
    Odd("filtered before any text", sse(stop("SAFETY")), text="", end="content_filtered"),
]

ENDS = [
    Odd("no reason", sse(*TWO), end="interrupted"),
    Odd("no reason, but [DONE]", sse(*TWO, DONE)),
    Odd("a reason, and [DONE]", sse(*ENDED, DONE)),
    Odd("cut off in the text", sse(HELLO), end="interrupted", cut=True),
    Odd("cut off after the reason", sse(*ENDED), cut=True),
    Odd("cut off in a chunk", sse(HELLO) + b'data: {"candidates": [{"con', end="interrupted"),
    Odd("the last chunk lacks its line end", sse(HELLO) + b"data: " + js(stop())),
    Odd("nothing at all", b"", text="", end="empty"),
    Odd("nothing but a reason", sse(stop()), text="", end="empty"),
    Odd("nothing but usage", sse({"usageMetadata": used(4, 0)}), text="", end="empty", usage=(4, 0)),
    Odd("a page of HTML", b"<html>\n<body>Sign in: now</body>\n</html>\n", text="", end="other"),
    Odd("broken JSON before any text", b"data: {nonsense\n\n", text="", end="other"),
    Odd("broken JSON in the middle", sse(HELLO) + b"data: {nonsense\n\n", end="interrupted"),
]

FRAMES = [
    Odd("a BOM", b"\xef\xbb\xbf" + sse(*ENDED)),
    Odd("CRLF", sse(*ENDED, end=b"\r\n\r\n")),
    Odd("CR", sse(*ENDED, end=b"\r\r")),
    Odd("no blank after the colon", b"".join(b"data:" + js(value) + b"\n\n" for value in ENDED)),
    Odd("no blank lines between events", sse(*ENDED, end=b"\n")),
    Odd("comments, names, ids", b": hi\n\nevent: message\nid: 7\nretry: 1\n" + sse(TWO[0]) + b":\n\n" + sse(TWO[1], stop())),
    Odd("one array of all chunks, as without alt=sse", b"[" + js(TWO[0]) + b"\n,\r\n" + js(TWO[1]) + b",\n" + js(stop()) + b"]\n"),
    Odd("an array printed over lines", b'[{\n  "candidates": [\n    {"content": {"parts": [{"text": "Hello world"}]}}\n  ]\n}\n,\n{\n  "candidates": [{"finishReason": "STOP"}]\n}\n]'),
    Odd("an array that is cut off", b"[" + js(HELLO) + b",\n", text="", end="other"),
    Odd("one whole answer, no stream", js({**say("Hello world", finishReason="STOP"), "usageMetadata": used(4, 2)}), usage=(4, 2)),
    Odd("JSON lines without data", b"\n".join(js(value) for value in ENDED)),
    Odd("an event printed over data lines", b'data: {"candidates": [\ndata: {"content": {"parts": [{"text": "Hello world"}]},\ndata: "finishReason": "STOP"}]}\n\n'),
    Odd("an event printed over lines behind one data", b'data: {\n  "candidates": [\n    {"content": {"parts": [{"text": "Hello world"}]}, "finishReason": "STOP"}\n  ]\n}\n\n'),
    Odd("an array in an event", sse(list(ENDED))),
    Odd("chunks inside `response`", sse(*({"response": value} for value in ENDED))),
    Odd("letters of several bytes", sse(say("Grüße, "), say("世界 👩‍👩‍👧"), stop()), text="Grüße, 世界 👩‍👩‍👧"),
    Odd("a pair of surrogates over two chunks", b'data: {"candidates":[{"content":{"parts":[{"text":"a\\ud83d"}]}}]}\n\ndata: {"candidates":[{"content":{"parts":[{"text":"\\ude00"}]}}]}\n\n' + sse(stop()), text="a😀"),
    Odd("chatter as data", b"data: ping\n\ndata: null\n\ndata: []\n\ndata: {}\n\ndata:\n\n" + sse(*ENDED)),
]

CONTENT = [
    Odd("no candidates", sse({}, {"modelVersion": "x"}, *ENDED)),
    Odd("candidates of null", sse({"candidates": None}, *ENDED)),
    Odd("empty candidates", sse({"candidates": []}, *ENDED)),
    Odd("a candidate of null", sse({"candidates": [None]}, *ENDED)),
    Odd("one candidate and no array", sse({"candidates": {"content": {"parts": [{"text": "Hello world"}]}, "finishReason": "STOP"}})),
    Odd("no content", sse({"candidates": [{"index": 0}]}, *ENDED)),
    Odd("a content of null", sse({"candidates": [{"content": None}]}, *ENDED)),
    Odd("a content without parts", sse({"candidates": [{"content": {"role": "model"}}]}, *ENDED)),
    Odd("parts of null", sse({"candidates": [{"content": {"parts": None}}]}, *ENDED)),
    Odd("a part of null", sse(parts(None, {"text": "Hello world"}), stop())),
    Odd("an empty part", sse(parts({}, {"text": "Hello world"}), stop())),
    Odd("one part and no array", sse({"candidates": [{"content": {"parts": {"text": "Hello world"}}}]}, stop())),
    Odd("a text of null", sse(say(None), *ENDED)),
    Odd("empty texts", sse(say(""), *ENDED, say(""))),
    Odd("several parts", sse(parts({"text": "Hello "}, {"text": "world"}), stop())),
    Odd("no index", sse({"candidates": [{"content": {"parts": [{"text": "Hello world"}]}}]}, stop())),
    Odd("two candidates", sse({"candidates": [{"index": 1, "content": {"parts": [{"text": "NO"}]}, "finishReason": "SAFETY"}, {"index": 0, "content": {"parts": [{"text": "Hello world"}]}}]}, stop())),
    Odd("a single candidate that is called the second", sse({"candidates": [{"index": 1, "content": {"parts": [{"text": "Hello world"}]}, "finishReason": "STOP"}]})),
    Odd("parts of other kinds", sse(parts({"executableCode": {"language": "PYTHON", "code": "1"}}, {"inlineData": {"mimeType": "image/png", "data": "eA=="}}, {"text": "Hello world"}), stop())),
    Odd("thoughts", sse(parts({"text": "Hm. ", "thought": True}), parts({"text": "So.", "thought": True}, {"text": "Hello world"}), stop()), thought="Hm. So."),
    Odd("no thought after all", sse(parts({"text": "Hello world", "thought": False}), stop())),
    Odd("thoughts and no answer", sse(parts({"text": "Hm.", "thought": True}), stop("MAX_TOKENS")), text="", thought="Hm.", end="empty"),
    Odd("a signature without text", sse(HELLO, parts({"text": "", "thoughtSignature": "c2ln"}), stop())),
    Odd("grounding and ratings", sse(say("Hello world", safetyRatings=[{}], groundingMetadata={"webSearchQueries": ["x"]}, citationMetadata=None), stop())),
]

USAGE = [
    Odd("usage in every chunk", sse({**TWO[0], "usageMetadata": used(100, 1)}, {**TWO[1], "usageMetadata": used(100, 4)}, stop(usageMetadata=used(100, 7))), usage=(100, 7)),
    Odd("usage at the end", sse(*TWO, stop(usageMetadata=used(100, 7))), usage=(100, 7)),
    Odd("usage in a chunk of its own", sse(*ENDED, {"usageMetadata": used(100, 7)}), usage=(100, 7)),
    Odd("usage at the start alone", sse({**HELLO, "usageMetadata": used(100, 7)}, stop()), usage=(100, 7)),
    Odd("thoughts are output", sse(*TWO, stop(usageMetadata=used(100, 7, 30))), usage=(100, 37)),
    Odd("thoughts told earlier", sse({**HELLO, "usageMetadata": used(100, None, 30)}, stop(usageMetadata=used(100, 7))), usage=(100, 37)),
    Odd("zeros and nulls at the end", sse({**HELLO, "usageMetadata": used(100, 7)}, stop(usageMetadata={"promptTokenCount": 0, "candidatesTokenCount": None})), usage=(100, 7)),
    Odd("usage of null", sse({**HELLO, "usageMetadata": None}, stop(usageMetadata=None))),
    Odd("usage in snake_case", sse(*TWO, stop(usage_metadata={"prompt_token_count": 100, "candidates_token_count": 7})), usage=(100, 7)),
    Odd("usage with details", sse(*TWO, stop(usageMetadata=used(100, 7, promptTokensDetails=[{"modality": "TEXT", "tokenCount": 100}], totalTokenCount=107))), usage=(100, 7)),
    Odd("usage of tools", sse(*TWO, stop(usageMetadata=used(100, 7, toolUsePromptTokenCount=20))), usage=(120, 7)),
    Odd("usage before a cut", sse({**HELLO, "usageMetadata": used(100, 1)}), usage=(100, 1), end="interrupted", cut=True),
]

ERRORS = [
    Odd("an error before any text", sse({"error": {"code": 503, "message": "x", "status": "UNAVAILABLE"}}), text="", end="unavailable"),
    Odd("a limit", sse({"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED"}}), text="", end="rate_limited"),
    Odd("a status alone", sse({"error": {"message": "x", "status": "PERMISSION_DENIED"}}), text="", end="auth"),
    Odd("a code as text", sse({"error": {"code": "404", "message": "x"}}), text="", end="model_unknown"),
    Odd("a bad request", sse({"error": {"code": 400, "message": "quota", "status": "INVALID_ARGUMENT"}}), text="", end="other"),
    Odd("an error in an array", js([{"error": {"code": 500, "message": "x", "status": "INTERNAL"}}]), text="", end="unavailable"),
    Odd("an error that is no event", js({"error": {"code": 429, "message": "x"}}), text="", end="rate_limited"),
    Odd("an error that is a text", sse({"error": "quota"}), text="", end="other"),
    Odd("an error in the middle", sse(HELLO, {"error": {"code": 500, "message": "x", "status": "INTERNAL"}}), end="interrupted"),
    Odd("a limit in the middle", sse(HELLO, {"error": {"code": 429, "message": "x"}}), end="rate_limited"),
    Odd("an error of null", sse({**HELLO, "error": None}, stop())),
    Odd("an error after the reason", sse(*ENDED, {"error": {"code": 500, "message": "x"}})),
]

CALLS = [
    Odd("a call", sse(parts(call("get", {"a": 1})), stop()), text="", calls=GET, end="tool_calls"),
    Odd("a call with an id", sse(parts(call("get", {"a": 1}, id="x")), stop()), text="", calls=GET, end="tool_calls"),
    Odd("a call after text", sse(*TWO, parts(call("get", {"a": 1}), finishReason="STOP")), calls=GET, end="tool_calls"),
    Odd("a call with a signature", sse(parts({**call("get", {"a": 1}), "thoughtSignature": "c2ln"}), stop()), text="", calls=GET, end="tool_calls"),
    Odd("two calls in one chunk", sse(parts(call("get", {"a": 1}), call("put", {"b": 2})), stop()), text="", calls=BOTH, end="tool_calls"),
    Odd("two calls in two chunks", sse(parts(call("get", {"a": 1})), parts(call("put", {"b": 2})), stop()), text="", calls=BOTH, end="tool_calls"),
    Odd("the same call twice", sse(parts(call("get", {"a": 1}), call("get", {"a": 1})), stop()), text="", calls=GET * 2, end="tool_calls"),
    Odd("the same id twice", sse(parts(call("get", {"a": 1}, id="x"), call("put", {"b": 2}, id="x")), stop()), text="", calls=BOTH, end="tool_calls"),
    Odd("no arguments", sse(parts(call("get")), stop()), text="", calls=(("get", "{}"),), end="tool_calls"),
    Odd("arguments of null", sse(parts(call("get", None)), stop()), text="", calls=(("get", "{}"),), end="tool_calls"),
    Odd("arguments as text", sse(parts(call("get", '{"a": 1}')), stop()), text="", calls=GET, end="tool_calls"),
    Odd("a call in snake_case", sse(parts({"function_call": {"name": "get", "args": {"a": 1}}}), stop()), text="", calls=GET, end="tool_calls"),
    Odd("a call of null", sse(parts({"functionCall": None, "text": "Hello world"}), stop())),
    Odd("a call and the reason MAX_TOKENS", sse(parts(call("get", {"a": 1})), stop("MAX_TOKENS")), text="", calls=GET, end="max_tokens"),
    Odd("a call and no reason", sse(parts(call("get", {"a": 1}))), text="", calls=GET, end="interrupted"),
    Odd("letters of several bytes in arguments", sse(parts(call("get", {"a": "世界"})), stop()), text="", calls=(("get", '{"a": "世界"}'),), end="tool_calls"),
]

ROWS = [*REASONS, *ENDS, *FRAMES, *CONTENT, *USAGE, *ERRORS, *CALLS]
