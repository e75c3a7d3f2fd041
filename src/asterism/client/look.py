"""A look at a working copy, which may begin before its result is needed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import State
from asterism.client.workcopy.watching.news import Ask, ask_news, is_untouched
from asterism.kernel.workcopy.hashing import Unreadable
from asterism.kernel.workcopy.scan import Scan
from asterism.kernel.workcopy.scouts import LEAST_NAMES, Scouts, send_out
from asterism.kernel.workcopy.statcache import Cache
from asterism.kernel.workcopy.walk import look
from asterism.vcs.manifest import Entry, read
from asterism.vcs.rules import folders_of

Send = Callable[[str, Cache], Scouts | None]


class Look:
    """A look at a working copy that the caller has locked. `finish` it once; it is closed by its `with` block.

    It begins at once: the watcher is asked (`ask`), or scouts are sent ahead (`send`) where the tree is large. These
    are forks, so begin before there are threads; what is loaded or asked until `finish` costs no time then.
    """

    def __init__(self, state: State, ask: Ask | None = None, send: Send = send_out) -> None:
        self.state = state
        self.cache = state.cache()
        binding = state.binding()
        if self.cache.base != (binding.base.manifest_hash if binding is not None and binding.base is not None else ""):
            self.cache.reconsider()
        self.news = ask_news(state, self.cache, ask)
        self._scouts = send(state.top, self.cache) if self.news is None else None
        self._at_end = ExitStack()
        if self._scouts is not None:
            self._at_end.enter_context(self._scouts)

    @property
    def may_fork(self) -> bool:
        """Whether forks of this process may help: nobody knows where something changed, or how large the tree is."""
        return self.news is None and not 0 < self.cache.count < LEAST_NAMES

    def __enter__(self) -> "Look":
        return self

    def __exit__(self, *_: object) -> None:
        self._at_end.close()

    def finish(self) -> Scan:
        """Return what is there. Raises BadName, Unreadable."""
        news = self.news
        if news is not None and news.touched is not None:
            with suppress(Unreadable):  # a folder went since the watcher was asked
                scan = look(self.state.top, self.cache, self._tracked, touched=news.touched)
                if not news.mistaken(scan):
                    return scan
        unchanged = self._scouts.unchanged() if self._scouts is not None else set[str]()
        return look(self.state.top, self.cache, self._tracked, unchanged=unchanged)

    def _tracked(self) -> set[str]:
        return tracked_paths(self.state)


@contextmanager
def looking(state: State) -> Iterator[Look]:
    """Hold a working copy and begin to look at it. Raises Busy, EditedMeanwhile."""
    with at_work(state), Look(state) as look:
        yield look


@contextmanager
def looking_if_touched(state: State) -> Iterator[Look | None]:
    """The same, but None where a watcher knows that the tree is that of its base still."""
    with at_work(state):
        base = state.bound().base
        if base is not None and is_untouched(state, base.manifest_hash):
            yield None
            return
        with Look(state) as look:
            yield look


def tracked_paths(state: State) -> set[str]:
    """Return the paths of the base snapshot and of the folders that they lie in."""
    binding = state.binding()
    base = binding.base if binding is not None else None
    data = state.base_manifest(base) if base is not None else None
    return with_parents(read(data)) if data is not None else set()


def with_parents(entries: Iterable[Entry]) -> set[str]:
    """Return the paths of entries and of every folder above one."""
    paths = {entry.path for entry in entries}
    return paths | folders_of(list(paths))
