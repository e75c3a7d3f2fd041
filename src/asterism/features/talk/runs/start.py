"""Beginning a run: every check of Starbot 5.1 in its order, then the row and what its stream begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base import ids
from asterism.base.errors import Invalid, RateLimited
from asterism.features.accounts.identity import Caller
from asterism.features.talk import catalogue, chats
from asterism.features.talk.runs import store
from asterism.features.talk.runs.assembly import Assembled, Prompt, assemble, read_conversation
from asterism.features.talk.runs.errors import IntegrationNotConnected, RunInProgress
from asterism.features.talk.runs.events import Status
from asterism.features.talk.runs.models import Run, RunOptions, RunUsage
from asterism.features.talk.runs.profiles import PROFILES, Profile, max_output
from asterism.features.talk.runs.titles import TitleJob, title_job
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.kernel.llm import Request
from asterism.kernel.secrets import Secrets

TOOLS = {
    "notion_search": "Notion",
    "notion_update": "Notion",
    "github_search": "GitHub",
    "github_pr": "GitHub",
    "memory_update": None,
}
USER_LIMIT = 64


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run that has begun, with all that is needed to perform it. Kept in memory only: it holds the key."""

    run: Run
    prompt: Prompt
    profile: Profile
    chosen: catalogue.Chosen
    title: TitleJob | None
    opening: Sequence[Status]

    def request(self, prompt: Prompt) -> Request:
        """Return what is asked of the model."""
        spec = self.chosen.spec
        return Request(
            target=self.chosen.target,
            turns=prompt.turns,
            system=prompt.system,
            max_output_tokens=max_output(self.profile, spec),
            reasoning=self.profile.reasoning if spec.reasoning else None,
            limits=self.profile.limits,
        )


@dataclass(frozen=True, slots=True)
class Starter:
    """What beginning a run needs besides the transaction."""

    secrets: Secrets
    directory: catalogue.ModelDirectory
    blobs: Blobs

    def begin(self, tx: Tx, caller: Caller, chat_id: str, options: RunOptions, *, queued: bool) -> BegunRun:
        """Begin a run of a chat; it waits for a slot when `queued`. Its first statuses are `opening`.

        Raises the errors of Starbot 5.1; then no row is left.
        """
        check_tools(options.tools)
        if options.model is not None:
            catalogue.check_name(options.model)
        chat = chats.get_chat(tx, caller, chat_id, lock=True)
        active = store.active_of_chat(tx, chat.id)
        if active is not None:
            raise RunInProgress(active.id)
        conversation = read_conversation(tx, chat)
        profile = PROFILES[options.mode]
        chosen = catalogue.choose(
            tx, self.secrets, self.directory, caller.user_id, tier=profile.tier, model=options.model, mode=options.mode
        )
        check_integrations(options.tools)
        made = assemble(tx, self.blobs, caller, chat, options, chosen.spec, conversation)
        if store.count_active(tx, caller.user_id) >= USER_LIMIT:
            raise RateLimited(f"You have {USER_LIMIT} active runs already.", retry_after=5)
        run = self._insert(tx, chat, options, chosen, made, queued=queued)
        title = title_job(tx, self.secrets, self.directory, chat)
        return BegunRun(run, made.prompt, profile, chosen, title, first_statuses(made, queued=queued))

    def _insert(
        self, tx: Tx, chat: chats.Chat, options: RunOptions, chosen: catalogue.Chosen, made: Assembled, *, queued: bool
    ) -> Run:
        position, at = chats.reserve_answer(tx, chat)
        run = Run(
            id=ids.ulid(),
            chat_id=chat.id,
            project_id=chat.project_id,
            user_id=chat.owner_user_id,
            status="queued" if queued else "running",
            mode=options.mode,
            include_project_memory=options.include_project_memory,
            workspace_scope=made.scope,
            model=chosen.spec.id,
            message_id=ids.ulid(),
            position=position,
            stop_reason=None,
            error=None,
            usage=RunUsage(),
            cost_micros=None,
            tree=made.tree,
            budget=made.prompt.budget,
            window=made.prompt.window,
            context=made.prompt.context,
            created_at=at,
            started_at=None if queued else at,
            finished_at=None,
        )
        if not store.insert(tx, run):  # the unique index is the judge; the check above only words it
            active = store.active_of_chat(tx, chat.id)
            raise RunInProgress(active.id if active else run.id)
        return run


def first_statuses(made: Assembled, *, queued: bool) -> list[Status]:
    """Return what the stream begins with."""
    texts = ["Waiting for a free slot" if queued else "Collecting context"]
    if made.scope_changed:
        texts.append("This chat has no workspace; the whole project is used")
    documents = sum(1 for kind in {item.kind + item.source_id for item in made.prompt.bare_context} if kind)
    excerpts = len(made.prompt.context) - len(made.prompt.bare_context)
    if documents or excerpts:
        texts.append(f"Using {_count(documents, 'memory document')} and {_count(excerpts, 'earlier excerpt')}")
    return [Status(text) for text in texts]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def check_tools(tools: str | Sequence[str]) -> None:
    """Raise Invalid for anything but `auto`, `none` or a list of known tools."""
    if isinstance(tools, str):
        if tools not in {"auto", "none"}:
            raise Invalid.field("tools", "must be auto, none or a list of tool names")
        return
    for place, name in enumerate(tools):
        if name not in TOOLS:
            raise Invalid.field(f"tools[{place}]", f"must be one of {', '.join(TOOLS)}")


def check_integrations(tools: str | Sequence[str]) -> None:
    """Raise IntegrationNotConnected for a tool, listed by name, of an integration that is not connected."""
    for name in () if isinstance(tools, str) else tools:
        provider = TOOLS[name]
        if provider is not None:
            raise IntegrationNotConnected(provider)
