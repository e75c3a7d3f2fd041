"""Errors of projects."""

from asterism.base.errors import Conflict, NotFound


class UnknownProject(NotFound):
    """No such project, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such project.", hint="List yours: GET /v1/projects")


class LimitReached(Conflict):
    """As many of these as there may be exist already."""

    code = "LIMIT_REACHED"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"There are {limit} {what} already, which is the limit.", details={"limit": limit})
