"""Lines of the log are those that structlog's own renderer writes."""

import structlog
from hypothesis import given
from hypothesis import strategies as st

from asterism.server.logs import FIRST, logfmt

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
