"""What can be wrong with a request about reviews of trees."""

from asterism.base.errors import NotFound


class UnknownReview(NotFound):
    """No such review, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such review.")


class EventsExpired(NotFound):
    """The events of the review were purged; the review and its findings remain."""

    code = "EVENTS_EXPIRED"

    def __init__(self) -> None:
        super().__init__("The events of this review are no longer kept.", hint="Read the review instead.")
