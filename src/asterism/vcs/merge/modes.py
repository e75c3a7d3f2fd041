"""Merging permission bits, apart from content (Fastest 5.3). A mode never causes a decision."""

UNKNOWN = 0
DEFAULT_FILE = 0o644
_EXECUTABLE = 0o111


def merge_modes(base: int, ours: int, main: int) -> int:
    """Return the merged mode; 0 is a mode that a side does not know, which equals every other.

    `base` is 0 as well where there is no base. Nobody knows: 0o644.
    """
    if UNKNOWN in (ours, main):
        return ours or main or base or DEFAULT_FILE
    if ours == main or base == main:
        return ours
    if ours == base:
        return main
    if base != UNKNOWN:
        flag = main if _executable(main) != _executable(base) else ours
    else:
        flag = ours if _executable(ours) else main
    if _executable(flag) == _executable(ours):
        return ours
    return (ours & ~_EXECUTABLE) | (flag & _EXECUTABLE)


def _executable(mode: int) -> bool:
    return mode & _EXECUTABLE != 0
