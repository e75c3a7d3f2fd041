"""Errors of chats."""

from asterism.base.errors import Invalid, NotFound


class UnknownChat(NotFound):
    """No such chat, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such chat.")


class BadCursor(Invalid):
    """A message or chat named as the start of a page is not in this list."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"query.{name}: is not in this list",
            details={"fields": [{"path": f"query.{name}", "problem": "is not in this list"}]},
        )
