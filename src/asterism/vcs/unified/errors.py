"""What is wrong with a diff."""


class DiffError(ValueError):
    """The text is not a unified diff, or a diff does not apply to the text it is applied to."""
