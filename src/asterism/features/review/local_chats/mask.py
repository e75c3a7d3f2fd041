"""A model's answer as it arrives: cleaned, secrets masked, held back just long enough to see them whole.

What has been passed on is never taken back: the pieces together equal the mask of the whole text (Stargazer [5.15]).
"""

from asterism.base.linear import compiled
from asterism.features.review.findings import detector, harmless, mask

# Beginnings of anything the detector looks for; a word that could grow into one is held back.
_SUSPICIOUS = compiled(
    r"-----|AKIA|ASIA|gh[pousr]_|github_pat|sk-|AIza|\bgl[a-z]+-|xox|xapp|k_live|npm_|pypi|SG\.|ast_|://|eyJ"
    rf"|(?i:api|access|private)|{detector.HINTS.text}"
)
_KEY_BEGINS = compiled(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_ENDS = compiled(r"-----END [A-Z0-9 ]*PRIVATE KEY")
LONGEST_LINE = 8 << 10  # characters; a longer line is passed on in parts of this size
CONTEXT = 12  # lines
LONGEST_KEY = 64 << 10  # characters; what begins like a private key and goes on for longer is none


class MaskedText:
    """Takes deltas in, gives safe pieces out; `text` is everything given out so far."""

    def __init__(self) -> None:
        self._held = ""
        self._given: list[str] = []
        self._line_given = 0  # characters of the present line's mask that were already given out
        self._in_key = False
        self._before: list[str] = []  # whole lines that were given out, for a value may stand below its name

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
        out = self._masked(self._held)[self._line_given :]
        self._held, self._line_given = "", 0
        return self._give(out)

    def _whole_lines(self) -> str:
        """Give out all complete lines, except those of a private key whose end has not come."""
        end = self._held.rfind("\n") + 1
        if end == 0:
            return ""
        block = self._held[:end]
        begins = [match.start() for match in _KEY_BEGINS.finditer(block)]
        if begins and not _KEY_ENDS.search(block[begins[-1] :]) and len(block) - begins[-1] < LONGEST_KEY:
            self._in_key = True
            end = block.rfind("\n", 0, begins[-1]) + 1
        else:
            self._in_key = False
        if end == 0:
            return ""
        shown = self._masked(self._held[:end])
        self._before = [*self._before, *harmless(self._held[:end]).split("\n")[:-1]][-CONTEXT:]
        out, self._held, self._line_given = shown[self._line_given :], self._held[end:], 0
        return out

    def _masked(self, held: str) -> str:
        """Mask what is held in the light of the lines before it; a match never reaches over a line's end."""
        lines = mask("\n".join([*self._before, harmless(held)])).split("\n")
        return "\n".join(lines[len(self._before) :])

    def _line_start(self) -> str:
        """Give out the beginning of the unfinished line, up to the first word that might become a secret."""
        if self._in_key or "\n" in self._held or self._may_go_on():
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

    def _may_go_on(self) -> bool:
        """Whether one of the last lines names a secret and is no sentence, so that its value may stand here."""
        last = [line for line in self._before if line.strip()][-3:]
        return any(detector.HINTS.search(line) is not None and not line.rstrip().endswith(".") for line in last)

    def _give(self, out: str) -> str:
        if out:
            self._given.append(out)
        return out
