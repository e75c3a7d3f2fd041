"""Which tests need the sandbox that isolates."""

import pytest

from asterism.kernel.sandbox import bubblewrap_problem

needs_bubblewrap = pytest.mark.skipif(bubblewrap_problem() is not None, reason=bubblewrap_problem() or "")
