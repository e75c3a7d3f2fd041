"""Text that goes into a prompt, and text that comes back out of a model (Stargazer [5.18], [5.20])."""

from asterism.base.linear import Hit, compiled

_INVISIBLE = compiled(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_ESCAPE_SEQUENCES = compiled(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = compiled("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def visible(text: str) -> str:
    """Write what a reader cannot see (controls but TAB and LF, zero-width, bidi, tags) as `\\u{...}` on its line."""
    return _INVISIBLE.sub(lambda hit: f"\\u{{{ord(hit[0]):X}}}", scalar(text))


def harmless(text: str) -> str:
    """Drop control and terminal escape sequences from a model's text."""
    return _CONTROLS.sub(_nothing, _ESCAPE_SEQUENCES.sub(_nothing, scalar(text)))


def _nothing(_hit: Hit) -> str:
    return ""


def scalar(text: str) -> str:
    """Replace lone surrogates by U+FFFD, so that the text has a UTF-8 form."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() and _has_surrogate(text) else text


def one_line(text: str, limit: int) -> str:
    """Squeeze whitespace and cut to `limit` characters, with an ellipsis when something was cut."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "\u2026"


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
