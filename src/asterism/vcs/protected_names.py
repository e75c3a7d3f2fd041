"""Names that some file system takes for the folder of a repository or of our state, though they are written otherwise.

git refuses the same names in its trees (core.protectHFS, core.protectNTFS). On HFS+ some code points do not count and
case does not; on NTFS case does not, blanks and dots at the end do not, what follows a colon names a stream of the same
file, and a long name has a short one (`git~1`). A tree with such a name, written on such a system, would put hooks and
settings into `.git`. The plain names themselves are not meant here: a tree may hold them, and nobody writes them.
"""

import re

PLAIN = (".git", ".asterism")
_SHORT = ("git~1", "asteri~1")
_IGNORED_BY_HFS = "\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff"
_DROPPED = re.compile(f"[{_IGNORED_BY_HFS}]")
_IN_PATHS = tuple(
    re.compile(re.escape(name) + r"[ .]*[\0/\\:]") for name in PLAIN
)  # each begins with a plain text: fast


def is_disguised(segment: str) -> bool:
    """Say whether a segment of a path means a protected folder somewhere, without being its plain name."""
    for part in segment.split("\\"):
        name = _DROPPED.sub("", part).partition(":")[0].rstrip(" .").casefold()
        if name in _SHORT or (name in PLAIN and segment not in PLAIN):
            return True
    return False


def may_be_disguised(joined: str) -> bool:
    """Say whether one of many paths, joined by NUL, could hold such a name; never false when one does. Fast."""
    if not joined.isascii() and (_DROPPED.search(joined) or "\u017f" in joined):  # a long s folds to an s
        return True
    lowered = joined.lower()
    return any(name in lowered for name in _SHORT) or any(pattern.search(lowered) for pattern in _IN_PATHS)
