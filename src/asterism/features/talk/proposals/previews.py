"""What people are shown before they decide. Pure."""

import base64
from collections.abc import Iterator, Sequence

import msgspec

from asterism.features.talk.integrations import GitHubPullRequest, NotionUpdate, OnBase, PullRequestFile, TextEdit
from asterism.features.talk.proposals.models import ProposalPreview
from asterism.vcs.text_diff import decode_text, text_diff
from asterism.vcs.unified import quote

MAX_DIFF = 64 * 1024
MAX_FILE_LINES = 400
MAX_FILE_BYTES = 16 * 1024
CUT = "\n[cut]"


def pull_request(asked: GitHubPullRequest, on_base: OnBase) -> ProposalPreview:
    """Show a pull request: its title and branches, and each file as it would differ from base, as far as is known."""
    at = f" at {on_base.commit[:12]}" if on_base.commit else ""
    lines = [f"+{asked.title}", f"+{asked.head} into {asked.base}{at}", *_signed("+", asked.body or "")]
    for change in asked.files or ():
        lines += _bounded(_file(change, on_base))
    return ProposalPreview(_line(f'Open pull request "{asked.title}" in {asked.repo}'), _whole(lines))


def notion_change(asked: NotionUpdate) -> ProposalPreview:
    """Show a change of a page."""
    lines = [f"+title: {asked.title}"] if asked.title is not None else []
    for name, value in (asked.properties or {}).items():
        lines.append(f"+{name}: {msgspec.json.encode(value).decode()}")
    if asked.in_trash is not None:
        lines.append(f"+in_trash: {'true' if asked.in_trash else 'false'}")
    if asked.mode == "replace":
        lines.append("-(the whole content)")
    lines += [*_signed("+", asked.markdown or ""), *edits(asked.edits or ())]
    return ProposalPreview(_line(f"Change the Notion page {asked.page_id}"), _whole(lines))


def memory_change(scope: str, old: str, new: str | None, changes: Sequence[TextEdit]) -> ProposalPreview:
    """Show a change of a memory document; where it does not fit the document (`new` None), the edits themselves."""
    verb = "Edit" if changes else "Replace"
    lines = edits(changes) if new is None else changed_lines(old, new)
    return ProposalPreview(f"{verb} {scope} memory", _whole(list(lines)))


def changed_lines(old: str, new: str) -> Iterator[str]:
    """Yield the lines that differ."""
    body = text_diff("memory", old.encode(), new.encode()).text.partition("\n@@")[2]
    for line in body.split("\n")[1:]:
        if line.startswith(("-", "+")):
            yield line


def edits(changes: Sequence[TextEdit]) -> Iterator[str]:
    """Yield what each edit takes away and puts in."""
    for change in changes:
        yield from _signed("-", change.old_str)
        yield from _signed("+", change.new_str)


def _file(change: PullRequestFile, on_base: OnBase) -> Iterator[str]:
    """Yield how a file differs from base; where that is not known, the file as it would be."""
    path, new = quote(change.path), _content(change)
    if change.path not in on_base.files:
        yield f"--- {path}" if new is None else f"+++ {path}"
        yield from _added(new)
        return
    old = on_base.files[change.path]
    yield f"--- {path if old is not None else '/dev/null'}"
    yield f"+++ {path if new is not None else '/dev/null'}"
    compared = text_diff(change.path, old, new)
    if old == new:
        yield " (nothing changes)"
    elif compared.binary or compared.too_large:
        yield from (f"{sign}(binary or long, {len(side)} bytes)" for sign, side in (("-", old), ("+", new)) if side)
    else:
        yield from (line for line in _hunks(compared.text))


def _hunks(text: str) -> Sequence[str]:
    """Return the lines of a diff from its first hunk on."""
    return ("@@" + text.partition("\n@@")[2]).removesuffix("\n").split("\n")


def _content(change: PullRequestFile) -> bytes | None:
    """Return a file as it would be, None when it would be gone. Its form was checked before."""
    if change.delete:
        return None
    text = change.content or ""
    return base64.b64decode(text) if change.encoding == "base64" else text.encode()


def _added(new: bytes | None) -> Iterator[str]:
    if new is None:
        return
    text = decode_text(new)
    yield from _signed("+", text) if text is not None else [f"+(binary, {len(new)} bytes)"]


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    """Yield the lines of one file, up to 400 of them and 16 KiB, so that none hides those after it."""
    size = 0
    for place, line in enumerate(lines):
        size += len(line.encode()) + 1
        if place >= MAX_FILE_LINES or size > MAX_FILE_BYTES:
            yield f" [cut: {1 + sum(1 for _ in lines)} more lines]"
            return
        yield line


def _signed(sign: str, text: str) -> Iterator[str]:
    return (sign + line for line in text.splitlines())


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _whole(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    if len(text.encode()) <= MAX_DIFF:
        return text
    return text.encode()[: MAX_DIFF - len(CUT)].decode("utf-8", "ignore") + CUT
