"""Estimates of tokens (Starbot 6.3)."""

PER_MESSAGE = 4
PER_ITEM = 20
BYTES_PER_TOKEN = 4


def estimate(text: str) -> int:
    """Return the estimated tokens of a text: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def message_tokens(text: str) -> int:
    """Return the estimated tokens of a message."""
    return estimate(text) + PER_MESSAGE


def shortened(text: str, tokens: int, marker: str) -> str:
    """Return the first 60 % and the last 40 % of a text with a marker line between, in at most `tokens` tokens."""
    room = tokens * BYTES_PER_TOKEN - len(marker.encode()) - 2
    raw = text.encode("utf-8", "surrogatepass")
    head = raw[: room * 6 // 10].decode("utf-8", "ignore")
    tail = raw[len(raw) - (room - room * 6 // 10) :].decode("utf-8", "ignore")
    return f"{head}\n{marker}\n{tail}"
