"""What this process knows of one working copy: the last look at it, and how it differs from its start."""

import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

from asterism.features.versions.workcopies.errors import CopyGone, TooManyFiles
from asterism.features.versions.workcopies.intake import Intake
from asterism.features.versions.workcopies.ledger import Ledger
from asterism.features.versions.workcopies.policy import POLICY
from asterism.kernel.workcopy.hashing import Unreadable
from asterism.kernel.workcopy.permissions import make_readable
from asterism.kernel.workcopy.scan import Scan, TreeTooLarge
from asterism.kernel.workcopy.statcache import Cache
from asterism.kernel.workcopy.walk import look
from asterism.kernel.workcopy.watch import Touched, Watch
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import encode, read
from asterism.vcs.manifest_delta import ManifestDelta
from asterism.vcs.merge import Changes, apply_changes
from asterism.vcs.splice import can_be_spliced, exchange


class CopyState:
    """One at a time uses it: hold `lock`.

    `start` are the bytes of the manifest that was checked out, and `ledger` begins with its entries.
    """

    def __init__(self, folder: Path, start: bytes, cache: Cache, ledger: Ledger, most_files: int) -> None:
        self.lock = threading.Lock()
        self.special: list[str] = []
        self._top = str(folder)
        self._start = start
        self._most_files = most_files
        self._canonical = can_be_spliced(start)
        self.ledger = ledger
        self._cache = cache
        self._watch = Watch(self._top)
        self.marked: Changes = {}  # what differed at the last checkpoint
        self.marked_tree: str | None = None  # its tree, None while it is the start
        self._fresh: set[str] = set()  # folders found by the last look, which were not watched before it
        self._sure = False  # whether the watch has seen all that happened since the last look

    def take_in(self, intake: Intake, *, everything: bool) -> None:
        """Look at the copy, store what is new, and note what differs; not `everything` visits what was touched only.

        Raises CopyGone, TooManyFiles, Unreadable, QuotaExceeded or Unavailable.
        """
        self._check_there()
        touched = None if everything or not self._sure else self._touched()
        self._sure = False
        scan = self._look(touched, repair=everything)
        intake.take(scan)
        self.ledger.note(scan)
        if self.ledger.count > self._most_files:
            raise TooManyFiles(self.ledger.count, self._most_files)
        self.special = scan.special
        self._follow(scan)
        self._cache = scan.as_cache("")
        self._sure = not self._watch.blind

    def _touched(self) -> Touched | None:
        touched = self._watch.touched()
        if touched is not None:
            touched.trees |= self._fresh
        return touched

    def _look(self, touched: Touched | None, *, repair: bool) -> Scan:
        try:
            return look(self._top, self._cache, self.ledger.tracked, policy=POLICY, touched=touched)
        except TreeTooLarge as error:
            raise TooManyFiles(error.count, self._most_files) from error
        except Unreadable:
            if not repair:
                raise
        make_readable(self._top)
        return look(self._top, self._cache, self.ledger.tracked, policy=POLICY)

    def _follow(self, scan: Scan) -> None:
        """Watch the folders that are new; their contents may have changed before that, so they are visited again."""
        if self._watch.blind:
            self._watch.close()
            self._watch = Watch(self._top)
        self._fresh = self._watch.follow(scan.folders)

    def watch_all(self) -> None:
        """Begin to watch a copy that nobody works in yet, so that nothing has to be visited again."""
        self._watch.follow(self._cache.folders)
        self._sure = not self._watch.blind

    def _check_there(self) -> None:
        with suppress(OSError):
            if stat.S_ISDIR(os.lstat(self._top).st_mode):
                return
        raise CopyGone

    def manifest(self, changes: Changes) -> tuple[str, bytes, ManifestDelta | None]:
        """Return hash and bytes of the canonical manifest of the start with these changes made.

        The third is the difference from the start, None where it is not known.
        """
        if not changes:
            return hash_bytes(self._start), self._start, None
        if not self._canonical:
            data = encode(apply_changes(read(self._start), changes))
            return hash_bytes(data), data, None
        data, gone = exchange(self._start, changes)
        added = [entry for entry in changes.values() if entry is not None]
        return hash_bytes(data), data, ManifestDelta(gone, added, in_order=True)

    def close(self) -> None:
        """Stop watching."""
        self._watch.close()
