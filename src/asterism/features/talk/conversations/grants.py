"""Values of a project's env vars for one turn: granted with its prompt, or when the server asks (Beyond 11)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base.errors import Forbidden, Invalid
from asterism.features.accounts import audit
from asterism.features.accounts.identity import Caller, InsufficientScope
from asterism.features.talk.conversations import answer_rows, store
from asterism.features.talk.conversations.models import Message, Question
from asterism.features.versions import projects
from asterism.features.versions.projects import EnvVar
from asterism.kernel.agents import Inquiry, Option
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams

MAX_GRANTS = 50
TOPIC = "grant:"
ALLOW, DENY = "Allow", "Deny"
_FORM = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]{0,255})\Z")


class GrantRequired(Forbidden):
    """The turn may not read these values yet; its user is asked. `details.keys` names them."""

    code = "GRANT_REQUIRED"

    def __init__(self, keys: Sequence[str], *, denied: bool) -> None:
        super().__init__(
            f"This turn was not granted {', '.join(keys)}.",
            hint="The user said no."
            if denied
            else "The user is asked in the conversation; try again when they said yes.",
            details={"keys": list(keys)},
        )


@dataclass(frozen=True, slots=True)
class Granted:
    """What an agent's request for values comes to: the values, or the keys that are missing."""

    values: Sequence[EnvVar] = ()
    missing: tuple[str, ...] = ()
    denied: bool = False

    def require(self) -> Sequence[EnvVar]:
        """Return the values. Raises GrantRequired when one is missing."""
        if self.missing:
            raise GrantRequired(self.missing, denied=self.denied)
        return self.values


def check_grants(tx: Tx, project_id: str, grants: Sequence[str]) -> tuple[str, ...]:
    """Return the keys that grants of the form `env:KEY` name, each once. Raises Invalid."""
    if len(grants) > MAX_GRANTS:
        raise Invalid.field("grants", f"must have at most {MAX_GRANTS} entries")
    known = projects.env_keys(tx, project_id) if grants else frozenset()
    keys: dict[str, None] = {}
    for place, grant in enumerate(grants):
        found = _FORM.match(grant)
        if found is None:
            raise Invalid.field(f"grants[{place}]", "must be env: and the key of an env var")
        if found[1] not in known:
            raise Invalid.field(f"grants[{place}]", "names no env var of the project")
        keys[found[1]] = None
    return tuple(keys)


def note_granted(tx: Tx, user_id: str, turn: Message, keys: Sequence[str]) -> None:
    """Write down in the audit log what a turn may read."""
    for key in keys:
        audit.record(tx, user_id, "env_granted", key, turn=turn.id, conversation=turn.conversation_id)


def values_of(tx: Tx, secrets: Secrets, caller: Caller, project_id: str, turn: Message) -> Sequence[EnvVar]:
    """Return the values that a turn was granted. Raises SecretUnreadable."""
    if not turn.grants:
        return ()
    return [one for one in projects.env_values(tx, secrets, caller, project_id) if one.key in turn.grants]


def read_values(
    tx: Tx, streams: Streams, secrets: Secrets, caller: Caller, project_id: str, keys: Sequence[str]
) -> Granted:
    """Return values for the agent whose token this is, or ask its user for what its turn was not granted.

    Raises UnknownProject, InsufficientScope when the token belongs to no turn that runs, SecretUnreadable.
    """
    project = projects.get_project(tx, caller, project_id)
    scope = caller.scope
    conversation = store.locked(tx, scope.conversation_id) if scope.conversation_id else None
    turn = store.message(tx, scope.run_id, scope.conversation_id) if scope.run_id and scope.conversation_id else None
    if not keys or conversation is None or turn is None or turn.status != "running":
        raise InsufficientScope
    known = projects.env_keys(tx, project.id)
    missing = tuple(key for key in dict.fromkeys(keys) if key in known and key not in turn.grants)
    if missing:
        asked = [_ask(tx, streams, turn, key) for key in missing]
        return Granted(missing=missing, denied=all(one is not None and one.status != "pending" for one in asked))
    found = [one for one in values_of(tx, secrets, caller, project.id, turn) if one.key in keys]
    for one in found:
        audit.record(tx, caller.user_id, "env_read", one.key, turn=turn.id, conversation=turn.conversation_id)
    return Granted(found)


def _ask(tx: Tx, streams: Streams, turn: Message, key: str) -> Question | None:
    options = [
        Option(ALLOW, f"The agent can read the value of {key} until this turn ends."),
        Option(DENY, "It cannot."),
    ]
    inquiry = Inquiry(f"Allow {key} for this turn?", "Secret", options, custom=False)
    return answer_rows.ask_for_server(tx, streams, turn, TOPIC + key, inquiry)


def take_answer(tx: Tx, user_id: str, question: Question) -> None:
    """Grant what a question of the server asked for, if its answer says so."""
    topic = question.topic
    if topic is None or not topic.startswith(TOPIC) or question.answers != ((ALLOW,),):
        return
    key, turn = topic.removeprefix(TOPIC), store.message(tx, question.message_id)
    if turn is not None and key not in turn.grants:
        store.update_message(tx, turn.id, {"grants": (*turn.grants, key)})
        note_granted(tx, user_id, turn, [key])
