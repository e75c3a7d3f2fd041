"""Lines of the log are those that structlog's own renderer writes."""

from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from asterism.asgi.wrapper import REQUEST_ID
from asterism.server.logs import FIRST, Quick, complete, logfmt

KEYS = st.sampled_from([*FIRST, "a", "b", "c"])
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(alphabet='ab ="\\\n\té', max_size=6)
)


@given(st.dictionaries(KEYS, VALUES))
def test_a_line_is_what_structlog_writes(event) -> None:
    renderer = structlog.processors.LogfmtRenderer(key_order=FIRST, drop_missing=True)
    assert logfmt(None, "info", dict(event)) == renderer(None, "info", dict(event))


class Kept:
    """A logger that keeps what it is given, but for the moment."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, line: str) -> None:
        self.lines.append(line.partition(" ")[2])


@given(st.text(alphabet='ab ="\\\né%', max_size=4), st.dictionaries(KEYS, VALUES), st.sampled_from([None, "r-1"]))
def test_an_everyday_line_is_what_any_other_would_be(event: str, said: dict[str, Any], request_id: str | None) -> None:
    said.pop("event", None)
    whole: Any = structlog.make_filtering_bound_logger(20)
    kept = Kept()
    token = REQUEST_ID.set(request_id)
    for kind in (Quick, whole):
        kind(kept, [complete, logfmt], {}).info(event, **said)
    REQUEST_ID.reset(token)
    assert kept.lines[0] == kept.lines[1]


@pytest.mark.parametrize(("said", "quick"), [({"route": "/v1/projects", "ms": 0.3}, True), ({"route": "a b"}, False)])
def test_only_what_is_unusual_goes_the_long_way(said: dict[str, Any], quick: bool) -> None:
    kept, steps = Kept(), []

    def noted(_logger: Any, _method: str, event: Any) -> str:
        steps.append(1)
        return logfmt(_logger, _method, event)

    Quick(kept, [noted], {}).info("request", **said)
    assert (len(steps), len(kept.lines)) == (0 if quick else 1, 1)
