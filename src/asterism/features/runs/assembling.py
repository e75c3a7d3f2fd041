"""Collecting what a run reads, and making its prompt (Starbot 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from asterism.features import memory, projects, retrieval, workspaces
from asterism.features.chats import Chat, Message, all_messages
from asterism.features.identity import Caller
from asterism.features.models import ModelSpec
from asterism.features.runs import prompt
from asterism.features.runs.errors import ContextTooLong, NoUserMessage
from asterism.features.runs.filling import Document, DoesNotFit, Filled, Line, Material, base_window, fill
from asterism.features.runs.models import Budget, ContextItem, RunOptions, Scope, Tree, Window
from asterism.features.runs.profiles import PROFILES, Profile, input_budget, window_limit
from asterism.features.runs.tokens import PER_ITEM, estimate
from asterism.kernel.db import Tx
from asterism.kernel.llm import Turn

READ_MESSAGES = 2_000
SHORT_QUERY_WORDS = 4
TINY = 100  # tokens; of a smaller document no chunk would fit where the whole does not


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent, and what it is made of. `bare` is the system text without anything retrieved, for a retry."""

    system: str
    turns: tuple[Turn, ...]
    context: tuple[ContextItem, ...]
    budget: Budget
    window: Window
    bare: str
    bare_context: tuple[ContextItem, ...]

    @property
    def tokens(self) -> int:
        """The estimated size."""
        return self.budget.fixed + self.budget.memory + self.budget.retrieval + self.budget.conversation

    def without_retrieval(self) -> "Prompt":
        """Return the prompt without what was retrieved."""
        budget = Budget(self.budget.limit, self.budget.fixed, self.budget.memory, 0, self.budget.conversation)
        return replace(self, system=self.bare, context=self.bare_context, budget=budget)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A prompt and where the run takes place."""

    prompt: Prompt
    scope: Scope
    tree: Tree | None
    scope_changed: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What there is to read from."""

    caller: Caller
    chat: Chat
    project: projects.Project
    workspace: workspaces.Workspace | None
    scope: Scope
    options: RunOptions
    profile: Profile
    query: str


def assemble(tx: Tx, caller: Caller, chat: Chat, options: RunOptions, spec: ModelSpec) -> Assembled:
    """Make the prompt of a run. Raises NoUserMessage, ContextTooLong."""
    messages = all_messages(tx, chat.id, newest=READ_MESSAGES)
    lines, later = conversation_lines(messages)
    project = projects.get_project(tx, caller, chat.project_id)
    workspace = workspaces.find_in_project(tx, caller, project, chat.workspace_id) if chat.workspace_id else None
    asked = options.workspace_scope or ("workspace" if chat.workspace_id else "project")
    scope: Scope = "workspace" if asked == "workspace" and workspace is not None else "project"
    profile = PROFILES[options.mode]
    source = Source(caller, chat, project, workspace, scope, options, profile, query_of(lines))
    system = _system(tx, source)
    told = prompt.instructions([m.content for m in messages if m.role == "system"])
    head = "\n\n".join([system, *told])
    documents = _documents(tx, source)
    fixed = estimate(system) + sum(estimate(text) + 4 for text in told)
    material = Material(lines, documents, (), fixed, input_budget(profile, spec), window_limit(profile, spec))
    try:
        shown = [line.id for line in base_window(material)]
        found = _candidates(tx, source, [*shown, *later])
        filled = fill(replace(material, candidates=found))
    except DoesNotFit as problem:
        raise ContextTooLong(problem.limit) from None
    made = _prompt(tx, source, head, filled, material)
    return Assembled(made, scope, _tree(tx, project, workspace), asked == "workspace" and scope == "project")


def conversation_lines(messages: Sequence[Message]) -> tuple[list[Line], list[str]]:
    """Return the turns up to the newest user message, oldest first, and the ids of what comes after it.

    Raises NoUserMessage.
    """
    turns = [message for message in messages if message.role != "system"]
    last = next((n for n in range(len(turns) - 1, -1, -1) if turns[n].role == "user"), None)
    if last is None:
        raise NoUserMessage
    lines = [Line(m.id, m.role, prompt.spoken(m.content, partial=m.status == "partial")) for m in turns[: last + 1]]
    return lines, [message.id for message in turns[last + 1 :]]


def query_of(lines: Sequence[Line]) -> str:
    """Return what is searched for: the newest user message, with the one before it when it is very short."""
    asked = [line.text for line in lines if line.role == "user"]
    if len(asked[-1].split()) < SHORT_QUERY_WORDS and len(asked) > 1:
        return f"{asked[-1]}\n{asked[-2]}"
    return asked[-1]


def _system(tx: Tx, source: Source) -> str:
    workspace = source.workspace if source.scope == "workspace" else None
    setting = prompt.Setting(
        project_name=source.project.name,
        workspace_name=workspace.name if workspace else None,
        date=tx.now()[:10],
        scope=source.scope,
        project_memory=source.options.include_project_memory,
        style=source.profile.style,
    )
    return prompt.system_text(setting)


def _documents(tx: Tx, source: Source) -> list[Document]:
    """Return the memory documents of the run, the winning one first (Starbot 6.1)."""
    found: list[Document] = []
    if source.scope == "workspace" and source.workspace is not None:
        place = memory.place_of_workspace(tx, source.caller, source.workspace.id)
        found += _document(tx, source, place, "workspace_memory", source.profile.memory_chunks[1])
    if source.options.include_project_memory:
        place = memory.place_of_project(tx, source.caller, source.project.id)
        found += _document(tx, source, place, "project_memory", source.profile.memory_chunks[0])
    return found


def _document(
    tx: Tx,
    source: Source,
    place: memory.Place,
    kind: Literal["project_memory", "workspace_memory"],
    k: int,
) -> list[Document]:
    content = memory.read(tx, place).content
    if not content.strip():
        return []
    whole = ContextItem(kind, place.id, None, None, None, "whole_document", None, estimate(content), content)
    if whole.tokens <= TINY:
        return [Document(whole)]
    where = retrieval.Scope(source.caller.user_id, source.project.id, memory="*", sources=[place.id])
    ranked = tuple(_chunk_item(kind, hit.chunk, hit.score) for hit in retrieval.search(tx, where, source.query))
    chunks = retrieval.chunks_of_source(tx, source.caller.user_id, place.id)
    return [Document(whole, ranked, tuple(_chunk_item(kind, chunk, None) for chunk in chunks), k)]


def _candidates(tx: Tx, source: Source, without: Sequence[str]) -> list[ContextItem]:
    """Return excerpts of chats and, in project scope, chunks of workspaces' memories; by score, each cut to its k."""
    narrow = source.scope == "workspace" and source.workspace is not None
    where = retrieval.Scope(
        source.caller.user_id,
        source.project.id,
        messages=source.workspace.id if narrow and source.workspace else "*",
        memory=None if narrow else "workspaces",
        without=without,
    )
    left = {"message": source.profile.excerpts[0 if narrow else 1], "memory": source.profile.foreign_chunks}
    found: list[ContextItem] = []
    for hit in retrieval.search(tx, where, source.query):
        if left[hit.chunk.kind] > 0 and _alive(tx, source, hit.chunk):
            left[hit.chunk.kind] -= 1
            kind: Literal["chat_excerpt", "workspace_memory"] = (
                "chat_excerpt" if hit.chunk.kind == "message" else "workspace_memory"
            )
            found.append(_chunk_item(kind, hit.chunk, hit.score))
    return found


def _alive(tx: Tx, source: Source, chunk: retrieval.StoredChunk) -> bool:
    """Say whether the workspace whose memory a chunk is of still exists."""
    if chunk.kind == "message" or chunk.workspace_id is None:
        return True
    return workspaces.find_in_project(tx, source.caller, source.project, chunk.workspace_id) is not None


def _chunk_item(
    kind: Literal["project_memory", "workspace_memory", "chat_excerpt"],
    chunk: retrieval.StoredChunk,
    score: float | None,
) -> ContextItem:
    chosen: Literal["rank", "fill"] = "fill" if score is None else "rank"
    return ContextItem(
        kind, chunk.source_id, chunk.chat_id, chunk.id, chunk.heading or None, chosen, score, chunk.tokens, chunk.text
    )


def _prompt(tx: Tx, source: Source, head: str, filled: Filled, material: Material) -> Prompt:
    # The winner comes first in `documents`; in the prompt project memory stands in front (Starbot 6.1).
    of_memory = [item for items in reversed(filled.documents) for item in items]
    items = (*of_memory, *filled.retrieved)
    labels = {place: _label(tx, source, item) for place, item in enumerate(items)}
    full = prompt.reference_block(items, labels)
    bare = prompt.reference_block(of_memory, labels)
    budget = Budget(
        limit=material.budget,
        fixed=material.fixed + PER_ITEM * len(items),
        memory=sum(item.tokens for item in of_memory),
        retrieval=sum(item.tokens for item in filled.retrieved),
        conversation=sum(line.tokens for line in filled.lines),
    )
    window = Window(len(filled.lines), filled.lines[0].id, filled.lines[-1].id)
    turns = prompt.conversation(filled.lines)
    return Prompt(_join(head, full), turns, items, budget, window, _join(head, bare), tuple(of_memory))


def _join(head: str, block: str) -> str:
    return f"{head}\n\n{block}" if block else head


def _label(tx: Tx, source: Source, item: ContextItem) -> tuple[str, str]:
    """Return the name of where an item comes from, and the date of it."""
    if item.kind == "project_memory":
        place = memory.place_of_project(tx, source.caller, item.source_id)
        return source.project.name, memory.read(tx, place).updated_at[:10]
    if item.kind == "workspace_memory":
        workspace = workspaces.find_in_project(tx, source.caller, source.project, item.source_id)
        place = memory.place_of_workspace(tx, source.caller, item.source_id)
        return workspace.name if workspace else "", memory.read(tx, place).updated_at[:10]
    chunks = retrieval.chunks_of_source(tx, source.caller.user_id, item.source_id)
    return item.heading or "", chunks[0].updated_at[:10] if chunks else ""


def _tree(tx: Tx, project: projects.Project, workspace: workspaces.Workspace | None) -> Tree | None:
    if workspace is None:
        return None
    manifest = workspaces.working_manifest(tx, project, workspace)
    return Tree(workspace.id, workspace.current_snapshot_id, manifest)
