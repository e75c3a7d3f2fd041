"""Pieces of text as providers send them, made storable."""


class Joiner:
    """Passes pieces on at once, but never half a code point: the first half of a surrogate pair waits for the second.

    What no database can hold (U+0000, a half that stays alone) becomes U+FFFD.
    """

    def __init__(self) -> None:
        self._half = ""

    def take(self, piece: str) -> str:
        """Return what can be passed on; may be empty."""
        text = self._half + piece
        self._half = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return clean(text)

    def rest(self) -> str:
        """Return what is still held back."""
        held, self._half = self._half, ""
        return clean(held)


def clean(text: str) -> str:
    """Join surrogate pairs and replace what cannot be stored."""
    text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
