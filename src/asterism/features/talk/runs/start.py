"""Beginning a run: every check of Starbot 5.1 in its order, then the row and what its stream begins with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from asterism.base import ids
from asterism.base.errors import RateLimited
from asterism.features.accounts.identity import Caller
from asterism.features.talk import catalogue, chats
from asterism.features.talk.runs import store
from asterism.features.talk.runs.assembly import Assembled, Prompt, assemble, read_conversation
from asterism.features.talk.runs.errors import RunInProgress
from asterism.features.talk.runs.events import Status
from asterism.features.talk.runs.models import Run, RunOptions, RunUsage, Tree
from asterism.features.talk.runs.profiles import PROFILES, Profile, max_output
from asterism.features.talk.runs.project_events import run_started
from asterism.features.talk.runs.titles import TitleJob, title_job
from asterism.features.talk.tools import ChatTool, RunPlace, Toolbox
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.kernel.llm import Request, Tool, Turn
from asterism.kernel.secrets import Secrets

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
    place: RunPlace
    offered: tuple[ChatTool, ...]

    def request(self, prompt: Prompt, more: tuple[Turn, ...], tools: tuple[Tool, ...], seconds: float) -> Request:
        """Return what is asked of the model: the prompt and the turns since, to be answered in so many seconds."""
        spec = self.chosen.spec
        return Request(
            target=self.chosen.target,
            turns=prompt.turns + more,
            tools=tools,
            system=prompt.system,
            max_output_tokens=max_output(self.profile, spec),
            reasoning=self.profile.reasoning if spec.reasoning else None,
            limits=replace(self.profile.limits, total=seconds),
        )


@dataclass(frozen=True, slots=True)
class Starter:
    """What beginning a run needs besides the transaction."""

    secrets: Secrets
    directory: catalogue.ModelDirectory
    blobs: Blobs
    toolbox: Toolbox

    def begin(self, tx: Tx, caller: Caller, chat_id: str, options: RunOptions, *, queued: bool) -> BegunRun:
        """Begin a run of a chat; it waits for a slot when `queued`. Its first statuses are `opening`.

        Raises the errors of Starbot 5.1; then no row is left.
        """
        self.toolbox.check(options.tools)
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
        self.toolbox.require(tx, caller, options.tools)
        place = RunPlace(caller, ids.ulid(), chat.id, chat.project_id, chat.workspace_id, None)

        def offer(tree: Tree | None) -> tuple[ChatTool, ...]:
            if not profile.tool_rounds or not chosen.spec.tools:
                return ()
            return self.toolbox.offered(tx, _seeing(place, tree), options.tools)

        made = assemble(tx, self.blobs, caller, chat, options, chosen.spec, conversation, offer)
        tx.take_turns("active runs", caller.user_id)
        if store.count_active(tx, caller.user_id) >= USER_LIMIT:
            raise RateLimited(f"You have {USER_LIMIT} active runs already.", retry_after=5)
        run = self._insert(tx, place.run_id, chat, options, chosen, made, queued=queued)
        title = title_job(tx, self.secrets, self.directory, chat)
        opening = first_statuses(made, queued=queued)
        return BegunRun(run, made.prompt, profile, chosen, title, opening, _seeing(place, made.tree), made.tools)

    def _insert(
        self,
        tx: Tx,
        run_id: str,
        chat: chats.Chat,
        options: RunOptions,
        chosen: catalogue.Chosen,
        made: Assembled,
        *,
        queued: bool,
    ) -> Run:
        position, at = chats.reserve_answer(tx, chat)
        run = Run(
            id=run_id,
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
        run_started(tx, chat, run)
        return run


def _seeing(place: RunPlace, tree: Tree | None) -> RunPlace:
    return replace(place, manifest_hash=tree.manifest_hash if tree else None)


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
