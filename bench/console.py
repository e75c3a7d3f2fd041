"""The console in headless Chromium: its first screen, a stream of 10,000 pieces while somebody types, 20,000 files."""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.report import Report, median
from tests.support.browser import Browser, chromium
from tests.support.console import sign_in
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace, ok, push
from tests.support.turns import Scripts, scripted_server
from tools import console

TITLE = "the console in a browser"
LOADS = 5
PIECES = 10_000
FILES = 20_000
PICTURES = 180
PROMPT = "textarea[aria-label='What should be done?']"
DRAWN = "document.querySelector('main h1') && Math.round(performance.now())"
BYTES = """performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
TYPING = f"""window.lags = [], window.typing = setInterval(() => {{
    const box = document.querySelector({json.dumps(PROMPT)}), from = performance.now();
    box.focus(); document.execCommand('insertText', false, 'x');
    requestAnimationFrame(() => window.lags.push(performance.now() - from)); }}, 50)"""
SCROLL = f"""new Promise((done) => {{
    const tree = document.querySelector('[role=tree]'), times = [];
    let last = performance.now();
    const step = (now) => {{ times.push(now - last); last = now; tree.scrollTop += 400;
        if (times.length < {PICTURES}) requestAnimationFrame(step); else done(times.slice(1)); }};
    requestAnimationFrame(step); }})"""


def run() -> Report:
    """Measure and report."""
    report = Report()
    if chromium() is None:
        report.note("No Chromium is installed: nothing was measured.")
        return report
    console.build()
    scripts = Scripts()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as name:
        folder = Path(name)
        url = SqliteFactory(folder).url()
        with scripted_server(folder, url, scripts, sandbox="plain") as server, server.person() as client:
            project = make_project(client, "Bench")
            workspace = make_workspace(client, project, name="main")
            push(client, project, workspace, {f"files/{n:05}.txt": b"the same\n" for n in range(FILES)})
            body = {"workspace_id": workspace}
            conversation = str(ok(client.post("/v1/conversations", json=body))["conversation"]["id"])
            with Browser() as browser:
                browser.shape(1280, 800)
                sign_in(browser, server, client)
                base = f"{server.url}/projects/{project}"
                rows = [*first_screen(browser, server)]
                rows += streaming(browser, scripts, f"{base}/conversations/{conversation}")
                rows += tree(browser, f"{base}/workspaces/{workspace}")
    report.table(["", "", "aim"], rows)
    report.note(
        "The server runs in the process that measures, on the same machine; nothing is cached at the first load."
    )
    return report


def first_screen(browser: Browser, server: TestServer) -> list[list[str]]:
    """Measure Home from the first byte asked for to its heading."""
    drawn = []
    for _ in range(LOADS):
        browser.open("about:blank")
        browser.open(f"{server.url}/")
        drawn.append(float(browser.wait(DRAWN)))
    size = int(browser.wait(BYTES))
    return [
        ["first screen, JavaScript as sent", f"{size / 1000:.0f} KB", "≤ 200 KB"],
        [f"first screen, first of {LOADS} loads", f"{drawn[0]:.0f} ms", "< 1,000 ms"],
        ["first screen, median of the others", f"{median(drawn[1:]):.0f} ms", "< 1,000 ms"],
    ]


def streaming(browser: Browser, scripts: Scripts, address: str) -> list[list[str]]:
    """Measure what typing feels like while an agent says a great deal."""
    scripts["Say a lot"] = tuple(f"piece {n} of what an agent says. " for n in range(PIECES))
    browser.open(address)
    browser.write(PROMPT, "Say a lot")
    began = time.perf_counter()
    browser.press("Enter")
    browser.wait("!!document.querySelector('[data-stop]')")
    browser.run(TYPING)
    browser.wait(
        f"!document.querySelector('[data-stop]') && document.body.textContent.includes('piece {PIECES - 1} of')"
    )
    seconds = time.perf_counter() - began
    lags: list[Any] = browser.run("clearInterval(window.typing), window.lags")
    return [
        [f"{PIECES:,} pieces of a stream, shown whole after", f"{seconds:.1f} s", "≤ 10 s"],
        ["… from a key to the picture that shows it, median", f"{median(lags):.0f} ms", ""],
        ["… p95", f"{high(lags):.0f} ms", "< 100 ms"],
    ]


def tree(browser: Browser, address: str) -> list[list[str]]:
    """Measure a folder with very many files: opened, and scrolled through."""
    browser.open(address)
    browser.wait("document.querySelector('[role=tree]')?.innerText.includes('files')")
    began = time.perf_counter()
    browser.run("document.querySelector('[role=treeitem]').click()")
    browser.wait("document.querySelectorAll('[role=treeitem]').length > 10")
    seconds = time.perf_counter() - began
    times: list[Any] = browser.run(SCROLL)
    return [
        [f"a folder of {FILES:,} files, opened and drawn", f"{seconds:.2f} s", ""],
        ["… scrolled, pictures a second, median", f"{1000 / median(times):.0f}", "60"],
        ["… time between two pictures, p95", f"{high(times):.0f} ms", "< 34 ms"],
    ]


def high(samples: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(samples)[int(len(samples) * 0.95)]
