"""Checks reach what the operator lets builds reach, and nothing else."""

import asyncio
from pathlib import Path

import pytest

from asterism.features.operations.action_runs.check_runs import run_checks
from asterism.features.operations.action_runs.checks import Planned
from asterism.features.operations.deployments import Tools
from asterism.kernel.llm.fake_server import FakeModelServer
from asterism.kernel.sandbox import Reach
from tests.support.sandboxes import needs_bubblewrap

ASK = """\
import os, sys, urllib.request
os.environ.pop("no_proxy", ""); os.environ.pop("NO_PROXY", "")
try: urllib.request.urlopen(sys.argv[1], timeout=20)
except urllib.error.HTTPError as error: sys.exit(error.code == 403)  # that is what the way out says itself
"""


@needs_bubblewrap
@pytest.mark.parametrize("reach", [Reach(), Reach(("127.0.0.1",), lambda _: False)], ids=["closed", "named"])
def test_a_check_reaches_what_a_build_reaches(tmp_path: Path, reach: Reach) -> None:
    async def scenario() -> bool:
        async with FakeModelServer() as server:
            (tmp_path / "ask.py").write_text(ASK)
            asked = Planned("install", f"python3 ask.py {server.url}/models")
            tools = Tools("bubblewrap", tmp_path / "cache", reach=reach)
            (check,) = await run_checks(tools, tmp_path, "", [asked], seconds=60)
            return check.success

    assert asyncio.run(scenario()) is not reach.closed
