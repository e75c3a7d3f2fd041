"""A model's answer as it arrives: cleaned, secrets masked, held back just long enough to see them whole.

What has been passed on is never taken back: the pieces together equal the mask of the whole text (Stargazer [5.15]).
"""

import re

from asterism.features.review.findings import harmless, mask

# Beginnings of anything the detector looks for; a word that could grow into one is held back.
_SUSPICIOUS = re.compile(
    r"-----|AKIA|ASIA|gh[pousr]_|github_pat|sk-|AIza|glpat|xox|k_live|npm_|pypi|SG\.|AccountKey|ast_|://|eyJ"
    r"|(?i:passw|secret|token|api|access|private|credential)"
)
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY")
LONGEST_LINE = 8 << 10  # characters; a longer line is passed on in parts of this size
LONGEST_KEY = 64 << 10  # characters; what begins like a private key and goes on for longer is none


class MaskedText:
    """Takes deltas in, gives safe pieces out; `text` is everything given out so far."""

    def __init__(self) -> None:
        self._held = ""
        self._given: list[str] = []
        self._line_given = 0  # characters of the present line's mask that were already given out
        self._in_key = False

    @property
    def text(self) -> str:
        """Everything that was given out."""
        return "".join(self._given)

    def feed(self, delta: str) -> str:
        """Take a piece of the answer; return what can be passed on now, possibly nothing."""
        self._held += delta
        if "\n" not in self._held and len(self._held) > LONGEST_LINE:
            return self.finish()
        return self._give(self._whole_lines() + self._line_start())

    def finish(self) -> str:
        """Return what is still held back, as at the end of the answer."""
        shown = mask(harmless(self._held))
        out = shown[self._line_given :]
        self._held, self._line_given = "", 0
        return self._give(out)

    def _whole_lines(self) -> str:
        """Give out all complete lines, except those of a private key whose end has not come."""
        end = self._held.rfind("\n") + 1
        if end == 0:
            return ""
        block = self._held[:end]
        begins = [match.start() for match in _KEY_BEGINS.finditer(block)]
        if begins and not _KEY_ENDS.search(block, begins[-1]) and len(block) - begins[-1] < LONGEST_KEY:
            self._in_key = True
            end = block.rfind("\n", 0, begins[-1]) + 1
        else:
            self._in_key = False
        if end == 0:
            return ""
        shown = mask(harmless(self._held[:end]))
        out, self._held, self._line_given = shown[self._line_given :], self._held[end:], 0
        return out

    def _line_start(self) -> str:
        """Give out the beginning of the unfinished line, up to the first word that might become a secret."""
        if self._in_key or "\n" in self._held:
            return ""
        end = max(self._held.rfind(" "), self._held.rfind("\t")) + 1
        found = _SUSPICIOUS.search(self._held)
        if found is not None:
            word = max(self._held.rfind(" ", 0, found.start()), self._held.rfind("\t", 0, found.start())) + 1
            end = min(end, word)
        shown = harmless(self._held[:end])
        out = shown[self._line_given :]
        self._line_given = max(self._line_given, len(shown))
        return out

    def _give(self, out: str) -> str:
        if out:
            self._given.append(out)
        return out
