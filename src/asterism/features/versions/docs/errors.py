"""Errors of documents."""

from asterism.base.errors import NotFound, Unsupported


class UnknownDocument(NotFound):
    """The workspace is not of this project, shows no tree, or has no such file."""

    def __init__(self) -> None:
        super().__init__("There is no such file in that workspace.")


class NotText(Unsupported):
    """The file is binary."""

    code = "NOT_TEXT"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path[:200]} is not a text file.", hint="Download it: GET /v1/blobs/download/<hash>")
