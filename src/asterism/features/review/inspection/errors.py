"""Why a change cannot be reviewed."""

from asterism.base.errors import Invalid, TooLarge


class NoDiff(Invalid):
    """A posted text holds no file diff."""

    code = "NO_DIFF"


class ReviewFailed(Exception):
    """Ends a review with an event of this code and text; it never reaches a caller.

    `word` is what is said of the parts that were under way, where the whole text would say too much.
    """

    def __init__(self, code: str, message: str, *, word: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.word = code, message, word


class TooMuchDiff(TooLarge):
    """A posted diff is larger than a review takes."""
