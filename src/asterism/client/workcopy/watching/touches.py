"""When each folder of a watched tree was touched last, counted from the beginning of a session. Pure."""

import os

from asterism.kernel.workcopy.watch import Touched
from asterism.vcs.rules import is_unicode


class Touches:
    """What one session knows: another one begins where the watch lost its way.

    `now` grows with each change. A folder that came is not watched until somebody has looked what in it is versioned:
    till then it counts as touched at every moment, with all below.
    """

    def __init__(self) -> None:
        self.session = os.urandom(12).hex()
        self.now = 0
        self._folders: dict[str, int] = {}
        self._trees: dict[str, int] = {}
        self._unwatched: dict[str, int] = {}

    def take(self, news: Touched) -> None:
        """Take in what a watch told. A path that is no Unicode cannot be versioned; what it lies in is touched too."""
        if not (news.folders or news.trees or news.gone):
            return
        self.now += 1
        for path in news.gone:
            for known in (self._folders, self._trees, self._unwatched):
                known.pop(path, None)
        self._folders.update(dict.fromkeys(news.folders, self.now))
        self._unwatched.update(dict.fromkeys(filter(is_unicode, news.trees), self.now))

    def cover(self, fresh: set[str], upto: int) -> None:
        """Note that a look which knew everything up to `upto` had its folders watched; `fresh` ones were not before."""
        self._unwatched = {path: when for path, when in self._unwatched.items() if when > upto}
        if fresh:
            self.now += 1
            self._trees.update(dict.fromkeys(fresh, self.now))

    def since(self, moment: int) -> Touched:
        """Return what was touched after a moment."""
        folders = {path for path, when in self._folders.items() if when > moment}
        trees = {path for path, when in self._trees.items() if when > moment}
        return Touched(folders, trees | self._unwatched.keys())
