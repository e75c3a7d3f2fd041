"""What a command asks a watcher, and what that answers: one JSON document each, over a socket of their own."""

import msgspec


class Question(msgspec.Struct, omit_defaults=True):
    """What changed since the point `now` of a session (`""`: no point is known)?

    With `follow`: these folders were found by a look that had been told of everything up to `now`; watch them from now
    on. `stop` ends the watcher.
    """

    session: str = ""
    now: int = 0
    follow: list[str] | None = None
    stop: bool = False


class Answer(msgspec.Struct):
    """What is new, up to the point `now` of this session. `place` are device and inode of the folder that is watched.

    `folders` have to be visited, of `trees` all folders below too. Not `known`: everything has to be visited.
    """

    session: str
    now: int
    place: tuple[int, int]
    process: int
    known: bool = False
    folders: list[str] = []
    trees: list[str] = []
