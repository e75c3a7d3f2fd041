"""What a model is told of a project's files: their paths, nearest the top first, and the beginning of the readme."""

from dataclasses import dataclass

from asterism.base.errors import DomainError
from asterism.features.talk.runs.tokens import BYTES_PER_TOKEN, estimate
from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.text_diff import decode_text
from asterism.vcs.tree import Node

MAX_TOKENS = 1500  # a share of the smallest budget of a mode that leaves room for a conversation
MAX_FOLDERS = 200
README_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """The list, one path a line, and how many files are not on it; the readme's path and text are empty without one."""

    paths: tuple[str, ...]
    left_out: int
    readme: str = ""
    text: str = ""


def read_files(tx: Tx, blobs: Blobs, user_id: str, manifest_hash: str, tokens: int) -> ProjectFiles | None:
    """Return what to tell of a stored tree in at most so many tokens, half of them for the paths; None of no files."""
    manifest = storage.find_manifest(tx, user_id, manifest_hash)
    if manifest is None:
        return None
    paths: list[str] = []
    left_out, room, readme = 0, tokens // 2, None
    for path, node in storage.walk(tx, user_id, manifest.root, max_folders=MAX_FOLDERS):
        if readme is None and "/" not in path and path.lower().split(".")[0] == "readme" and node.type == "file":
            readme = node
        line = " ".join(path.split()) + "/" * (node.type == "dir")
        room -= estimate(f"{line}\n")
        if room >= 0:
            paths.append(line)
        else:
            left_out += node.files if node.type == "dir" else 1
    text = _text(tx, blobs, user_id, readme, tokens - tokens // 2) if readme is not None else ""
    if not paths:
        return None
    return ProjectFiles(tuple(paths), left_out, readme.name if readme is not None and text else "", text)


def _text(tx: Tx, blobs: Blobs, user_id: str, node: Node, tokens: int) -> str:
    if node.size > README_BYTES:
        return ""
    try:
        text = decode_text(storage.content(tx, blobs, user_id, node.hash))
    except DomainError:  # the content is missing: the paths alone will do
        return ""
    return "" if text is None else text.encode()[: tokens * BYTES_PER_TOKEN].decode("utf-8", "ignore")
