"""What a command learns from the watcher of a working copy, and notes for the next one."""

import os
from collections.abc import Callable

import msgspec

from asterism.client.workcopy.state import State
from asterism.client.workcopy.watching.channel import call
from asterism.client.workcopy.watching.messages import Answer, Question
from asterism.kernel.workcopy.scan import Scan
from asterism.kernel.workcopy.statcache import Cache
from asterism.kernel.workcopy.watch import Touched

Ask = Callable[[Question], Answer | None]


class Seen(msgspec.Struct, frozen=True):
    """The stat cache of that name is right up to the point `now` of a session, but for the folders `visit`.

    These differ from it, or hold files that have other names too and may change unnoticed. `manifest` and `base` are
    the hashes that the cache had: without folders to visit, the tree was that of the manifest.
    """

    cache: str
    session: str
    now: int
    visit: list[str]
    manifest: str = ""
    base: str = ""


class News:
    """What changed since the stat cache was noted last, by a watcher that was asked before the look."""

    def __init__(self, state: State, cache: Cache, seen: Seen | None, answer: Answer, ask: Ask) -> None:
        self._state = state
        self._cache = cache
        self._seen = seen
        self._answer = answer
        self._ask = ask
        self.touched: Touched | None = None
        if answer.known and seen is not None:
            self.touched = Touched({*answer.folders, *seen.visit}, set(answer.trees))

    def mistaken(self, scan: Scan) -> bool:
        """Say whether a look at what was touched must give way to one at everything.

        A file got another name, so one that was not touched may have changed through that.
        """
        return self.touched is not None and self._seen is not None and not scan.shared.issubset(self._seen.visit)

    def note(self, scan: Scan) -> None:
        """Note for the next command what this look found, in comparison with the stat cache that there is."""
        folders, trees = self._unwatched(scan), self._answer.trees
        if folders or trees:
            answer = self._ask(Question(self._answer.session, self._answer.now, folders))
            if answer is None or not answer.known:
                self._answer.session = ""
        if self._cache.folders and not self._cache.name:
            self._state.save_cache(self._cache)
        self._write(self._cache, scan.changed | scan.shared)

    def note_saved(self, cache: Cache, scan: Scan) -> None:
        """Note that the look is the stat cache now."""
        self._write(cache, scan.shared)

    def _unwatched(self, scan: Scan) -> list[str]:
        touched = self.touched
        if touched is None:
            return list(scan.folders)
        return [path for path in scan.folders if path not in self._cache.folders or touched.covers(path)]

    def _write(self, cache: Cache, visit: set[str]) -> None:
        seen = Seen(cache.name, self._answer.session, self._answer.now, sorted(visit), cache.manifest_hash, cache.base)
        if seen.cache and seen.session and seen != self._seen:
            self._state.note_seen(msgspec.json.encode(seen))
            self._seen = seen


def is_untouched(state: State, base: str, ask: Ask | None = None) -> bool:
    """Say whether a watcher knows that the tree is that of the base still, whose manifest has this hash.

    It takes the same time for a tree of any size.
    """
    seen = _noted(state)
    if seen is None or seen.visit or not seen.manifest == seen.base == base:
        return False
    answer = _answer(state, Question(seen.session, seen.now), ask)
    return answer is not None and answer.known and not answer.folders and not answer.trees


def ask_news(state: State, cache: Cache, ask: Ask | None = None) -> News | None:
    """Ask the watcher of a working copy what is new, None when there is none that can be trusted."""
    seen = _noted(state)
    if seen is not None and not seen.cache == cache.name != "":
        seen = None
    question = Question(seen.session, seen.now) if seen is not None else Question()
    answer = _answer(state, question, ask)
    return None if answer is None else News(state, cache, seen, answer, ask or _caller(state))


def _answer(state: State, question: Question, ask: Ask | None) -> Answer | None:
    answer = (ask or _caller(state))(question)
    if answer is None:
        return None
    status = os.stat(state.top)
    return answer if answer.place == (status.st_dev, status.st_ino) else None


def _caller(state: State) -> Ask:
    return lambda question: call(state.folder, question)


def _noted(state: State) -> Seen | None:
    try:
        return msgspec.json.decode(state.seen(), type=Seen)
    except (msgspec.MsgspecError, UnicodeError):
        return None
