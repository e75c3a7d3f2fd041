"""The real wrangler, where `make test` could fetch it."""

import sys
from pathlib import Path

import pytest

from tests.support.deploying import WHEEL

PROGRAM = Path(sys.prefix) / "wrangler" / "node_modules" / ".bin" / "wrangler"
needs_wrangler = pytest.mark.skipif(
    not (PROGRAM.exists() and WHEEL.is_dir()), reason="`make test` fetches wrangler, where there is a network"
)
