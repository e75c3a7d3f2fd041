"""A client's decisions, checked against the plan that they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from asterism.features.versions import storage
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.errors import InvalidDecision, MissingDecisions
from asterism.features.versions.sync.models import MAX_CUSTOM_BYTES, Answered, Execution
from asterism.vcs.content import hash_bytes, is_hash
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import Changes, Choice, NoSuchChoice, Plan, choose


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the decisions come to: the changes of the whole sync, and contents of people's own, by hash."""

    changes: Changes
    contents: Mapping[str, bytes] = field(default_factory=dict)


def digest(wanted: Execution) -> str:
    """Return what two calls with the same decisions have in common."""
    return hash_bytes(msgspec.json.encode(dict(wanted.decisions), order="sorted"))


def read_choices(contents: Contents, plan: Plan, decisions: Mapping[str, Answered]) -> Chosen:
    """Return what the decisions choose. Raises MissingDecisions, InvalidDecision or BlobsMissing."""
    missing = [decision.path for decision in plan.decisions if decision.path not in decisions]
    if missing:
        raise MissingDecisions(missing)
    invalid: list[tuple[str, str]] = []
    own: dict[str, bytes] = {}
    choices: dict[str, Choice] = {}
    sizes = _sizes(contents, [one.blob_hash for one in decisions.values() if one.blob_hash is not None])
    for path, answer in decisions.items():
        choice, problem = _choice(path, answer, own, sizes)
        problem = problem or _refused(plan, path, choice)
        if problem is not None:
            invalid.append((path, problem))
        choices[path] = choice
    if invalid:
        raise InvalidDecision(invalid)
    absent = sorted({one.blob_hash for one in decisions.values() if one.blob_hash} - sizes.keys())
    if absent:
        raise storage.BlobsMissing(absent)
    return Chosen(choose(plan, choices), own)


def _choice(path: str, answer: Answered, own: dict[str, bytes], sizes: Mapping[str, int]) -> tuple[Choice, str | None]:
    if answer.content is not None:
        data = answer.content.encode()
        if len(data) > MAX_CUSTOM_BYTES:
            return "", f"the content is larger than {MAX_CUSTOM_BYTES} bytes"
        own[hash_bytes(data)] = data
        return Entry(type="file", path=path, hash=hash_bytes(data), size=len(data)), None
    if answer.blob_hash is not None:
        if not is_hash(answer.blob_hash):
            return "", "blob_hash must be 64 lower-case hexadecimal characters"
        size = sizes.get(answer.blob_hash, 0)
        return Entry(type="file", path=path, hash=answer.blob_hash, size=size), None
    return answer.option or "", None


def _refused(plan: Plan, path: str, choice: Choice) -> str | None:
    """Say why the plan does not take a choice, None when it does."""
    alone = Plan(
        actions=tuple(action for action in plan.actions if action.path == path),
        decisions=tuple(decision for decision in plan.decisions if decision.path == path),
        changes={},
        unchanged=0,
    )
    try:
        choose(alone, {path: choice})
    except NoSuchChoice as error:
        return error.reason
    return None


def _sizes(contents: Contents, hashes: list[str]) -> dict[str, int]:
    with contents.db.read() as tx:
        places = storage.find_places(tx, contents.user_id, [one for one in hashes if is_hash(one)])
    return {blob: place.size for blob, place in places.items()}
