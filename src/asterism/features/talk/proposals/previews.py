"""What people are shown before they decide. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from asterism.features.talk.integrations import GitHubPullRequest, NotionUpdate, PullRequestFile, TextEdit
from asterism.features.talk.proposals.models import ProposalPreview
from asterism.vcs.text_diff import text_diff

MAX_DIFF = 64 * 1024
CUT = "\n[cut]"


def pull_request(asked: GitHubPullRequest) -> ProposalPreview:
    """Show a pull request: its title, branches, and each file as it would be."""
    lines = [f"+{asked.title}", f"+{asked.head} into {asked.base}", *_signed("+", asked.body or "")]
    for change in asked.files or ():
        lines += _file(change)
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


def _file(change: PullRequestFile) -> Iterator[str]:
    if change.delete:
        yield f"--- {change.path}"
        return
    yield f"+++ {change.path}"
    if change.encoding == "base64":
        yield f"+(binary, {len(change.content or '') * 3 // 4} bytes)"
    else:
        yield from _signed("+", change.content or "")


def _signed(sign: str, text: str) -> Iterator[str]:
    return (sign + line for line in text.splitlines())


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _whole(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    if len(text.encode()) <= MAX_DIFF:
        return text
    return text.encode()[: MAX_DIFF - len(CUT)].decode("utf-8", "ignore") + CUT
