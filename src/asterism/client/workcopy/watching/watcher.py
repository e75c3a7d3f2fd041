"""The watcher of a working copy: follows its folders, and answers what was touched."""

import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from asterism.base.errors import Unavailable, Unsupported
from asterism.client.workcopy.watching.messages import Answer, Question
from asterism.client.workcopy.watching.mounts import Mount, mounts_at, obstacle
from asterism.client.workcopy.watching.touches import Touches
from asterism.kernel.workcopy.watch import Watch

_LIMITS = {errno.ENOSPC: "max_user_watches", errno.EMFILE: "max_user_instances"}


class Unwatchable(Unsupported):
    """The system does not tell what changes in the folder."""

    code = "UNWATCHABLE"


class WatchesExhausted(Unavailable):
    """The system watches no more folders for this user."""

    code = "WATCHES_EXHAUSTED"


class Watcher:
    """Watches the tree at `top` wherever it is moved to (then `top` leads there). Used by one thread; `close` it.

    `folders` are watched from the beginning; others, and all of a session that begins later, commands name. `make`
    makes the watch of a session. Raises Unwatchable and WatchesExhausted.
    """

    def __init__(self, top: str, folders: Iterable[str], *, make: Callable[[str], Watch] = Watch) -> None:
        self._handle = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.top = f"/proc/self/fd/{self._handle}"
        self._make = make
        self._touches = Touches()
        self._watch = make(self.top)
        try:
            self._mounts = self._watchable()
            self._watch.follow(folders)
            self._require()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watchable(self) -> tuple[Mount, ...]:
        try:
            mounts = mounts_at(os.readlink(self.top))
        except OSError as error:
            raise Unwatchable("Folders can be watched on Linux only.") from error
        reason = obstacle(mounts)
        if reason is not None:
            raise Unwatchable(
                f"The system does not tell of every change in this folder: {reason}.",
                hint="Commands look at everything there, as they do without a watcher.",
            )
        return mounts

    def begin_anew(self) -> None:
        """Begin a session: whatever was known before counts no more. Nothing is watched until a command names it."""
        self._mounts = self._watchable()
        self._watch.close()
        self._watch = self._make(self.top)
        self._touches = Touches()
        self._require()

    def _require(self) -> None:
        limit = _LIMITS.get(self._watch.trouble)
        if not self._watch.blind or limit is None:
            return
        now = ""
        with suppress(OSError), open(f"/proc/sys/fs/inotify/{limit}", encoding="ascii") as file:
            now = f" (it is {file.read().strip()})"
        raise WatchesExhausted(
            "The system watches no more folders for you.",
            hint=f"Raise fs.inotify.{limit}{now} with `sudo sysctl -w fs.inotify.{limit}=...`, or leave folders out by "
            ".asterismignore; then watch again. Without a watcher everything works, only slower.",
        )

    def take(self) -> None:
        """Take in what happened, and begin a new session where that is not certain. Raises as the constructor does."""
        news = self._watch.touched()
        if news is None:
            self.begin_anew()
        else:
            self._touches.take(news)

    def answer(self, question: Question) -> Answer:
        """Answer a command. Raises as the constructor does."""
        self.take()
        if mounts_at(os.readlink(self.top)) != self._mounts:
            self.begin_anew()
        known = question.session == self._touches.session
        if known and question.follow is not None:
            self._touches.cover(self._watch.follow(question.follow), question.now)
            self._require()
        status = os.fstat(self._handle)
        answer = Answer(
            self._touches.session, self._touches.now, (status.st_dev, status.st_ino), os.getpid(), known=known
        )
        if known and question.follow is None:
            touched = self._touches.since(question.now)
            answer.folders, answer.trees = list(touched.folders), list(touched.trees)
        return answer

    @property
    def count(self) -> int:
        """How many folders are watched."""
        return self._watch.count

    def fileno(self) -> int:
        """Return the handle that can be waited for: there is something to `take`."""
        return self._watch.fileno()

    def close(self) -> None:
        """Stop watching."""
        self._watch.close()
        os.close(self._handle)
