"""What the console's flows are about, whichever way they are walked: a memory, planted faults, an app that fails."""

import json
from pathlib import Path

from asterism.kernel.llm import ToolCall
from asterism.kernel.llm.fake_server import Script
from asterism.kernel.llm.scenario import Scenario
from tests.support.deploying import APP
from tests.wire.local.reviewing import Checkout

MEMORY = json.dumps({"scope": "project", "content": "# Orbit\n\nAll times are in UTC.\n"})
PROPOSAL = Script(calls=(ToolCall("c1", "memory_update", MEMORY),))
REMEMBERED = Scenario({"Times are in UTC": [PROPOSAL, Script(("I propose to ", "**remember** that."))]}, None)

GOOD = APP.replace(b"VERSION", b"one")
BROKEN = b"import http.server\n\n\ndef serve(:\n    pass\n"
SETTLED = "document.querySelector('[role=log]') && !document.body.innerText.includes('deploying')"

INJECTION = """import sqlite3


def find(user):
    return sqlite3.connect("x").execute("SELECT * FROM t WHERE u = '" + user + "'")
"""
SHARED = "def add(item, items=[]):\n    items.append(item)\n    return items\n"
SQL = "[data-finding][aria-label*=SQL]"
FINDING = f"document.querySelector('{SQL}')"


def faulty(root: Path) -> Checkout:
    """Make a checkout in which a fault is not staged, and another stands in a new file."""
    checkout = Checkout(root)
    checkout.write("src/db.py", INJECTION.replace('u = \'" + user + "\'"', 'u = ?", (user,)'))
    checkout.commit("Begin")
    checkout.write("src/db.py", INJECTION)
    checkout.write("src/shared.py", SHARED)
    return checkout
