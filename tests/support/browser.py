"""Headless Chromium, driven over its DevTools protocol: enough to open pages, type, click and read."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect

SECONDS = 60.0
CODES = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35, "Home": 36}
CODES |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "F7": 118}
FOCUSED = """new Promise((done) => {
    const began = performance.now(), it = document.activeElement, stuck = it === window.tabbed;
    window.tabbed = it;
    const look = () => { if (!it || it === document.body) return done(null);
        const drawn = (one) => one && getComputedStyle(one).outlineStyle !== 'none';
        const at = it.getBoundingClientRect(), marked = drawn(it) || drawn(it.closest('.cm-focused'));
        const seen = marked && at.bottom > 0 && at.right > 0 && at.top < innerHeight && at.left < innerWidth;
        if (!seen && performance.now() - began < 1000) return setTimeout(look, 20);
        done({ seen, stuck, matches: it.matches(%s), name: it.outerHTML.slice(0, 160) }); };
    look(); })"""


def chromium() -> str | None:
    """Return the program, None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


class PageFailed(Exception):
    """The page threw an error, or never came to the expected state."""


class Browser:
    """One browser with a fresh profile and one tab."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()
        self._socket: ClientConnection | None = None
        self._session: str | None = None
        self._id = 0
        self.requested: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> "Browser":
        program = chromium()
        assert program is not None
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
        arguments += ["--disable-background-networking", "--disable-component-update", "--no-proxy-server"]
        arguments += ["--remote-debugging-port=0", f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port, path = self._endpoint().split("\n")[:2]
        address = f"ws://127.0.0.1:{port}{path}"
        self._socket = self._stack.enter_context(connect(address, max_size=None, proxy=None, open_timeout=SECONDS))
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(self, *_: tuple[type[BaseException], BaseException, TracebackType] | None) -> None:
        self._stack.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SECONDS)
        self._profile.cleanup()

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("Page.navigate", url=url)

    def wait(self, expression: str) -> Any:
        """Return the value of a JavaScript expression as soon as it is truthy; pages may change meanwhile."""
        deadline = time.monotonic() + SECONDS
        looked = f"""new Promise((done) => {{
            const look = () => {{ let value; try {{ value = {expression}; }} catch {{}}
                if (value) done(value); else setTimeout(look, 20); }};
            look(); setTimeout(() => done(null), 2000); }})"""
        while time.monotonic() < deadline:
            try:
                answer = self._call("Runtime.evaluate", expression=looked, awaitPromise=True, returnByValue=True)
            except PageFailed:
                continue  # the page went away while we looked
            if value := answer["result"].get("value"):
                return value
        shown = self._call("Runtime.evaluate", expression="document.body.innerText", returnByValue=True)
        raise PageFailed(f"never true: {expression}; the page shows: {shown['result'].get('value')!r}")

    def wait_text(self, text: str) -> None:
        """Wait until the page shows a text."""
        self.wait(f"document.body.innerText.includes({json.dumps(text)})")

    def click(self, selector: str) -> None:
        """Click on what a person could click on: something visible and enabled."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"{element} && {element}.offsetParent && !{element}.disabled && ({element}.click(), true)")

    def enter(self, selector: str, key: str = "Enter") -> None:
        """Do what somebody without a mouse does: go to a thing, and press a key on it (a space where it is ticked)."""
        element = f"document.querySelector({json.dumps(selector)})"
        ready = f"{element} && {element}.offsetParent && !{element}.disabled"
        heard = (
            "addEventListener('keydown', (event) => { window.keyed = event.target; }, { capture: true, once: true })"
        )
        focused = f"({element}.focus(), window.wanted = {element}, document.activeElement === {element})"
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self.wait(f"{ready} && {focused} && (window.keyed = null, {heard}, true)")
            self.press(key)
            try:
                if self.run("window.keyed === window.wanted"):
                    return  # else it was drawn anew in between, and the key went nowhere
            except PageFailed:
                return  # the key led away from the page
        raise PageFailed(f"no key reached {selector}")

    def tab_to(self, selector: str, *, back: bool = False) -> None:
        """Press Tab (Shift-Tab to go back) until the focus is on such a thing, as somebody does who has no mouse.

        Fails when the focus never comes there, or on the way is on something unmarked, unseen, or the same twice.
        """
        self.wait(f"!!document.querySelector({json.dumps(selector)})")
        way: list[str] = []
        while not self._tab(selector, way, back=back):
            if way.count("") > 2:
                raise PageFailed(f"Tab never comes to {selector}, but to: {way}")

    def tab_through(self) -> None:
        """Press Tab until the focus has been on everything of the page and leaves it; fails as `tab_to` does."""
        way: list[str] = []
        while "" not in way:
            self._tab("no-such-thing", way)

    def _tab(self, selector: str, way: list[str], *, back: bool = False) -> bool:
        """Press Tab once, note where the focus is ("": beyond the page), and say whether it is what is looked for."""
        self.press("Tab", shift=back)
        at = self.run(FOCUSED % json.dumps(selector)) or {"name": "", "seen": True, "stuck": False, "matches": False}
        way.append(at["name"])
        if not at["seen"]:
            raise PageFailed(f"the focus is not seen on {at}")
        if at["stuck"] and way[-2:-1] == way[-1:]:
            raise PageFailed(f"Tab does not leave {way[-1]}")
        return bool(at["matches"])

    def say(self, text: str) -> None:
        """Type a text where the focus is."""
        self._call("Input.insertText", text=text)

    def type(self, selector: str, text: str) -> None:
        """Put a text into a field."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"{element} && {element}.offsetParent && (({element}.value = {json.dumps(text)}), true)")

    def write(self, selector: str, text: str) -> None:
        """Put a text into a field as typing does: whoever listens to the field hears it."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"{element} && {element}.offsetParent && ({element}.focus(), {element}.select?.(), true)")
        self._call("Input.insertText", text=text)

    def press(self, key: str, *, alt: bool = False, ctrl: bool = False, shift: bool = False) -> None:
        """Press a key (`Enter`, `Escape`, `ArrowDown`, `k`) where the focus is."""
        text = {"Enter": "\r", " ": " "}.get(key)
        known = {
            "key": key,
            "modifiers": alt * 1 + ctrl * 2 + shift * 8,
            "windowsVirtualKeyCode": CODES.get(key, ord(key[0].upper())),
        }
        self._call("Input.dispatchKeyEvent", type="keyDown", **known, **({"text": text} if text else {}))
        self._call("Input.dispatchKeyEvent", type="keyUp", **known)

    def run(self, script: str) -> Any:
        """Return what a script in the page comes to, awaited."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise PageFailed(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def shape(self, width: int, height: int, *, dark: bool = False) -> None:
        """Make the window so large, and the system light or dark."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self._call("Emulation.setEmulatedMedia", features=[scheme, still])

    def screenshot(self, path: Path) -> None:
        """Keep a picture of what is seen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _endpoint(self) -> str:
        """Return what the browser says about where it listens."""
        path = Path(self._profile.name) / "DevToolsActivePort"
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if path.exists() and path.read_text().count("\n") >= 1:
                return path.read_text()
            time.sleep(0.02)
        raise PageFailed("the browser did not start")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        assert self._socket is not None
        self._id += 1
        message: dict[str, Any] = {"id": self._id, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(SECONDS))
            self._note(answer)
            if answer.get("id") == self._id:
                if "error" in answer:
                    raise PageFailed(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])

    def _note(self, message: dict[str, Any]) -> None:
        """Remember which addresses the page asked for and what it complained about."""
        if message.get("method") == "Network.requestWillBeSent":
            self.requested.append(message["params"]["request"]["url"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(message["params"]["exceptionDetails"]["text"])
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["source"] == "security":
            self.complaints.append(message["params"]["entry"]["text"])
