"""Why a change cannot be reviewed."""

from asterism.base.errors import Invalid, TooLarge


class NoDiff(Invalid):
    """A posted text holds no file diff."""

    code = "NO_DIFF"


class ReviewFailed(Exception):
    """Ends a run with an event of this code and text; it never reaches a caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class TooMuchDiff(TooLarge):
    """A posted diff is larger than a review takes."""
