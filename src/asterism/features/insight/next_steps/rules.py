"""Next steps without a model, in a fixed order (Fastest 3.6). Pure."""

from collections.abc import Callable, Iterator

from asterism.features.insight.next_steps.models import MAX_TEXT, MAX_TITLE, Priority, Suggestion, folded
from asterism.features.insight.next_steps.situation import Situation
from asterism.vcs.facts import CODE, Facts, is_test

MOST = 6
MOST_NOTES = 3
CODE_FILES = 5


def suggest(situation: Situation) -> list[Suggestion]:
    """Return at most 6 new steps: none whose title the project ever had."""
    taken = set(situation.taken)
    found: list[Suggestion] = []
    for rule in _RULES:
        for step in rule(situation):
            if len(found) == MOST:
                return found
            if folded(step.title) not in taken:
                taken.add(folded(step.title))
                found.append(step)
    return found


def _brief(situation: Situation) -> Iterator[Suggestion]:
    if situation.brief is None:
        yield Suggestion("Write the project brief", "validation", 1, "small", rationale="The project has no brief yet.")


def _stale(situation: Situation) -> Iterator[Suggestion]:
    for decision in situation.decisions:
        if decision.stale_since is not None and decision.changed:
            files = ", ".join(f"{file.path} ({file.change})" for file in decision.changed[:3])
            yield Suggestion(
                _cut(f"Look again at: {decision.decision}"), "technical", 2, "small", rationale=f"Changed: {files}."
            )


def _wanted(situation: Situation) -> Iterator[Suggestion]:
    for member in ("mvp_features", "must_have"):
        yield from _missing(situation, member, 1)


def _nice(situation: Situation) -> Iterator[Suggestion]:
    yield from _missing(situation, "nice_to_have", 3)


def _missing(situation: Situation, member: str, priority: Priority) -> Iterator[Suggestion]:
    """Yield what the brief asks for and nothing in the project is named after."""
    items = situation.facts.get(member)
    for item in items if isinstance(items, list) else ():
        text = " ".join(item.split()) if isinstance(item, str) else ""
        if text and not _is_named(text, situation):
            yield Suggestion(
                _cut(f"Build: {text}"), "feature", priority, "medium", rationale=f"The brief lists it under {member}."
            )


def _is_named(item: str, situation: Situation) -> bool:
    wanted = item.casefold()
    slug = "".join(letter for letter in wanted if letter.isalnum())
    texts = (decision.text.casefold() for decision in situation.decisions)
    return (bool(slug) and slug in situation.known_names) or any(wanted in text for text in texts)


def _tasks(situation: Situation) -> Iterator[Suggestion]:
    for path, facts in _in_order(situation):
        for note in facts.notes:
            if note.kind == "task":
                yield Suggestion(_cut(note.text), "feature", 2, rationale=f"{path} line {note.line}")


def _tests(situation: Situation) -> Iterator[Suggestion]:
    code = [path for path, facts in _in_order(situation) if facts.language in CODE]
    if len(code) >= CODE_FILES and not any(map(is_test, code)):
        why = f"The project has {len(code):,} code files and no test."
        yield Suggestion("Add a first test", "technical", 2, "small", rationale=why)


def _readme(situation: Situation) -> Iterator[Suggestion]:
    files = situation.tree.files if situation.tree else ()
    if files and not any("/" not in file.path and file.path.lower().startswith("readme") for file in files):
        yield Suggestion("Write a README", "technical", 2, "small", rationale="There is no readme at the top.")


def _notes(situation: Situation) -> Iterator[Suggestion]:
    count = 0
    for path, facts in _in_order(situation):
        for note in facts.notes:
            if note.kind == "todo" and count < MOST_NOTES:
                title = _cut(f"Resolve the note in {path}:{note.line}")
                if folded(title) not in situation.taken:
                    count += 1
                    yield Suggestion(
                        title, "technical", 3, "small", note.text[:MAX_TEXT] or None, f"{path} line {note.line}"
                    )


def _show(situation: Situation) -> Iterator[Suggestion]:
    users = situation.facts.get("target_users")
    named = (
        [" ".join(user.split()) for user in users if isinstance(user, str) and user.strip()]
        if isinstance(users, list)
        else []
    )
    if named and situation.facts.get("has_users") is False:
        yield Suggestion(
            _cut(f"Show it to one of: {', '.join(named)}"),
            "user_research",
            2,
            "small",
            rationale="The brief names target users and says that there are no users yet.",
        )


def _deploy(situation: Situation) -> Iterator[Suggestion]:
    if situation.snapshots and not situation.deployed:
        why = "There are snapshots and no successful deployment."
        yield Suggestion("Deploy a first version", "launch", 3, "medium", rationale=why)


def _in_order(situation: Situation) -> Iterator[tuple[str, Facts]]:
    if situation.tree is not None:
        for file in situation.tree.files:
            if file.path in situation.tree.facts:
                yield file.path, situation.tree.facts[file.path]


def _cut(title: str) -> str:
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"


_RULES: tuple[Callable[[Situation], Iterator[Suggestion]], ...] = (
    _brief,
    _stale,
    _wanted,
    _tasks,
    _tests,
    _readme,
    _notes,
    _show,
    _deploy,
    _nice,
)
