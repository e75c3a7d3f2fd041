"""Making our texts harmless where others show them (Stargazer [10.9])."""

from asterism.base.linear import compiled

_LINK = compiled(r"\[([^\[\]\n]*)\]\(\s*([^)\s]*)[^)\n]*\)")
# A blank behind the colon makes it prose: "1 file: a.py".
_SCHEME = compiled(r"(?i)\b(?:javascript|data|vbscript|file):[^\s\x{200B}]")
_MENTION = compiled("@[A-Za-z0-9_]")
_WEB = compiled("(?i)https?://")
_TICKS = compiled("`+")


def github(text: str) -> str:
    """Escape HTML, defuse mentions, keep only web links."""
    text = _LINK.sub(lambda hit: hit[0] if _WEB.match(hit[2]) else hit[1], text)
    text = _SCHEME.sub(lambda hit: f"{hit[0][:-2]}\u200b:{hit[0][-1]}", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(lambda hit: f"@\u200b{hit[0][1]}", text)


def clip_bytes(text: str, limit: int) -> str:
    """Cut at a character so that the text has at most `limit` bytes of UTF-8, an ellipsis included."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - 3].decode("utf-8", "ignore") + "\u2026"


def clip(text: str, limit: int) -> str:
    """Cut to `limit` characters, an ellipsis included."""
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"


def fence(content: str, word: str) -> str:
    """Put text into a Markdown fence that is longer than any run of backticks inside."""
    longest = max((len(run[0]) for run in _TICKS.finditer(content)), default=0)
    ticks = "`" * max(3, longest + 1)
    body = content if content.endswith("\n") or not content else content + "\n"
    return f"{ticks}{word}\n{body}{ticks}"
