"""Collecting what a run reads, and making its prompt (Starbot 6)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from asterism.features.accounts.identity import Caller
from asterism.features.talk import memory, retrieval
from asterism.features.talk.catalogue import ModelSpec
from asterism.features.talk.chats import Chat, Said, newest_instructions, newest_turns
from asterism.features.talk.runs import prompt
from asterism.features.talk.runs.errors import ContextTooLong, NoUserMessage
from asterism.features.talk.runs.models import Budget, ContextItem, RunOptions, Scope, Tree, Window
from asterism.features.talk.runs.profiles import PROFILES, Profile, input_budget, window_limit
from asterism.features.talk.runs.project_files import MAX_TOKENS, read_files
from asterism.features.talk.runs.selection import (
    MAX_WINDOW,
    Document,
    DoesNotFit,
    Filled,
    Line,
    Material,
    base_window,
    fill,
)
from asterism.features.talk.runs.tokens import PER_ITEM, estimate
from asterism.features.talk.tools import ChatTool
from asterism.features.versions import projects, workspaces
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.kernel.llm import Turn

READ_TURNS = MAX_WINDOW + 50
READ_INSTRUCTIONS = 200
SHORT_QUERY_WORDS = 4
FILES_SHARE = 8  # at most this fraction of what a model is sent is about files
TINY = 100  # tokens; of a smaller document no chunk would fit where the whole does not


Conversation: TypeAlias = tuple[list[Line], list[str]]
"""The turns up to the newest user message, and the ids of those after it."""

Offer: TypeAlias = Callable[[Tree | None], tuple[ChatTool, ...]]
"""Chooses the tools of a run once its tree is known."""


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
    tools: tuple[ChatTool, ...]


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
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name and date of what is read, by source id; filled while reading."""


def read_conversation(tx: Tx, chat: Chat) -> Conversation:
    """Read the turns of a chat. Raises NoUserMessage."""
    return conversation_lines(_turns(tx, chat))


def assemble(
    tx: Tx,
    blobs: Blobs,
    caller: Caller,
    chat: Chat,
    options: RunOptions,
    spec: ModelSpec,
    conversation: Conversation,
    offer: Offer,
) -> Assembled:
    """Make the prompt of a run, room for the tools of `offer` kept. Raises ContextTooLong."""
    lines, later = conversation
    project = projects.get_project(tx, caller, chat.project_id)
    workspace = workspaces.find_in_project(tx, caller, project, chat.workspace_id) if chat.workspace_id else None
    asked = options.workspace_scope or ("workspace" if chat.workspace_id else "project")
    scope: Scope = "workspace" if asked == "workspace" and workspace is not None else "project"
    profile = PROFILES[options.mode]
    source = Source(caller, chat, project, workspace, scope, options, profile, query_of(lines))
    limit = input_budget(profile, spec)
    tree = _tree(tx, project, workspace or _main(tx, caller, project))
    tools = offer(tree)
    system = "\n\n".join([_system(tx, source, tools=bool(tools)), *_files(tx, blobs, caller, tree, limit)])
    told = prompt.instructions([one.content for one in newest_instructions(tx, chat.id, READ_INSTRUCTIONS)])
    head = "\n\n".join([system, *told])
    documents = _documents(tx, source)
    fixed = estimate(system) + sum(estimate(text) + 4 for text in told) + _tool_tokens(tools)
    material = Material(lines, documents, (), fixed, limit, window_limit(profile, spec))
    try:
        shown = [line.id for line in base_window(material)]
        found = _candidates(tx, source, [*shown, *later])
        filled = fill(replace(material, candidates=found))
    except DoesNotFit as problem:
        raise ContextTooLong(problem.limit) from None
    made = _prompt(source, head, filled, material)
    return Assembled(made, scope, tree, asked == "workspace" and scope == "project", tools)


def _turns(tx: Tx, chat: Chat) -> Sequence[Said]:
    """Return the newest turns, enough for any window; all of them when the newest user message is further back."""
    turns = newest_turns(tx, chat.id, READ_TURNS)
    if len(turns) == READ_TURNS and not any(turn.role == "user" for turn in turns[MAX_WINDOW:]):
        return newest_turns(tx, chat.id, 1_000_000)
    return turns


def conversation_lines(turns: Sequence[Said]) -> Conversation:
    """Return the turns up to the newest user message, oldest first, and the ids of what comes after it.

    Raises NoUserMessage.
    """
    last = next((n for n in range(len(turns) - 1, -1, -1) if turns[n].role == "user"), None)
    if last is None:
        raise NoUserMessage
    lines = [Line.of(t.id, t.role, prompt.spoken(t.content, partial=t.partial)) for t in turns[: last + 1]]
    return lines, [turn.id for turn in turns[last + 1 :]]


def query_of(lines: Sequence[Line]) -> str:
    """Return what is searched for: the newest user message, with the one before it when it is very short."""
    asked = [line.text for line in lines if line.role == "user"]
    if len(asked[-1].split()) < SHORT_QUERY_WORDS and len(asked) > 1:
        return f"{asked[-1]}\n{asked[-2]}"
    return asked[-1]


def _tool_tokens(tools: Sequence[ChatTool]) -> int:
    return sum(estimate(f"{t.name} {t.description} {json.dumps(t.tool.schema)}") for t in tools)


def _system(tx: Tx, source: Source, *, tools: bool) -> str:
    workspace = source.workspace if source.scope == "workspace" else None
    setting = prompt.Setting(
        project_name=source.project.name,
        workspace_name=workspace.name if workspace else None,
        date=tx.now()[:10],
        scope=source.scope,
        project_memory=source.options.include_project_memory,
        style=source.profile.style,
        tools=tools,
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
    document = memory.read(tx, place)
    content = document.content
    if not content.strip():
        return []
    name = source.project.name if source.workspace is None or kind == "project_memory" else source.workspace.name
    source.labels[place.id] = (name, document.updated_at[:10])
    whole = ContextItem(kind, place.id, None, None, None, "whole_document", None, estimate(content), content)
    if whole.tokens <= TINY:
        return [Document(whole)]
    where = retrieval.Scope(source.caller.user_id, source.project.id, memory="*", sources=[place.id])
    hits = retrieval.search(tx, where, source.query, limit=k)
    chunks = retrieval.chunks_of_source(tx, source.caller.user_id, place.id) if len(hits) < k else ()
    return [
        Document(
            whole,
            tuple(_chunk_item(kind, hit.chunk, hit.score) for hit in hits),
            tuple(_chunk_item(kind, chunk, None) for chunk in chunks),
            k,
            {chunk.id: chunk.ordinal for chunk in (*(hit.chunk for hit in hits), *chunks)},
        )
    ]


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
    limit = source.profile.excerpts[0] if narrow else retrieval.TOP
    left = {"message": source.profile.excerpts[0 if narrow else 1], "memory": source.profile.foreign_chunks}
    found: list[ContextItem] = []
    for hit in retrieval.search(tx, where, source.query, limit=limit):
        if left[hit.chunk.kind] > 0 and _label(tx, source, hit.chunk):
            left[hit.chunk.kind] -= 1
            kind: Literal["chat_excerpt", "workspace_memory"] = (
                "chat_excerpt" if hit.chunk.kind == "message" else "workspace_memory"
            )
            found.append(_chunk_item(kind, hit.chunk, hit.score))
    return found


def _label(tx: Tx, source: Source, chunk: retrieval.StoredChunk) -> bool:
    """Note what a chunk is called; return False for the memory of a workspace that does not exist any more."""
    name = chunk.heading
    if chunk.kind == "memory" and chunk.workspace_id is not None:
        workspace = workspaces.find_in_project(tx, source.caller, source.project, chunk.workspace_id)
        if workspace is None:
            return False
        name = workspace.name
    source.labels[chunk.source_id] = (name, chunk.updated_at[:10])
    return True


def _chunk_item(
    kind: Literal["project_memory", "workspace_memory", "chat_excerpt"],
    chunk: retrieval.StoredChunk,
    score: float | None,
) -> ContextItem:
    chosen: Literal["rank", "fill"] = "fill" if score is None else "rank"
    return ContextItem(
        kind, chunk.source_id, chunk.chat_id, chunk.id, chunk.heading or None, chosen, score, chunk.tokens, chunk.text
    )


def _prompt(source: Source, head: str, filled: Filled, material: Material) -> Prompt:
    # The winner comes first in `documents`; in the prompt project memory stands in front (Starbot 6.1).
    of_memory = [item for items in reversed(filled.documents) for item in items]
    items = (*of_memory, *filled.retrieved)
    labels = {place: source.labels[item.source_id] for place, item in enumerate(items)}
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


def _main(tx: Tx, caller: Caller, project: projects.Project) -> workspaces.Workspace | None:
    """Return the main workspace if it has anything to show."""
    main = project.main_workspace_id
    found = workspaces.find_in_project(tx, caller, project, main) if main is not None else None
    return found if found is not None and workspaces.working_manifest(tx, project, found) is not None else None


def _files(tx: Tx, blobs: Blobs, caller: Caller, tree: Tree | None, limit: int) -> list[str]:
    """Return what the prompt says of the files of the tree that the run is made on (ADR 0027)."""
    if tree is None or tree.manifest_hash is None:
        return []
    tokens = min(MAX_TOKENS, limit // FILES_SHARE)
    found = read_files(tx, blobs, caller.user_id, tree.manifest_hash, tokens)
    return [prompt.files_block(found)] if found is not None else []


def _tree(tx: Tx, project: projects.Project, workspace: workspaces.Workspace | None) -> Tree | None:
    if workspace is None:
        return None
    manifest = workspaces.working_manifest(tx, project, workspace)
    return Tree(workspace.id, workspace.current_snapshot_id, manifest)
