"""The tools that write, as models may propose them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from asterism.features.talk.integrations import (
    GitHub,
    GitHubPullRequest,
    Notion,
    NotionUpdate,
    check_pull,
    check_update,
    ready,
    required,
)
from asterism.features.talk.proposals import previews
from asterism.features.talk.proposals.memory_update import MEMORY_UPDATE
from asterism.features.talk.proposals.models import Proposal, ProposalPreview, Writer
from asterism.features.talk.tools import RunPlace


def writers(notion: Notion, github: GitHub) -> tuple[Writer, ...]:
    """Return them: those of the services, and that of memory."""

    async def change_page(proposal: Proposal, asked: NotionUpdate) -> Mapping[str, Any]:
        return {"page": msgspec.to_builtins(await notion.update(proposal.user_id, asked))}

    async def open_pull_request(proposal: Proposal, asked: GitHubPullRequest) -> Mapping[str, Any]:
        return {"pull_request": msgspec.to_builtins(await github.open_pull_request(proposal.user_id, asked))}

    async def look_at_base(place: RunPlace, asked: GitHubPullRequest) -> ProposalPreview:
        return previews.pull_request(asked, await github.look_at_base(place.caller.user_id, asked))

    return (
        Writer(
            "notion_update",
            "Propose a change of a page in the user's Notion: properties, title, content, or the trash.",
            NotionUpdate,
            preview=lambda _tx, _place, asked: previews.notion_change(asked),
            check=check_update,
            send=change_page,
            ready=ready("notion"),
            require=required("notion"),
            target=lambda asked: asked.page_id[:100],
        ),
        Writer(
            "github_pr",
            "Propose a pull request on GitHub; with files it makes a new branch of base with one commit.",
            GitHubPullRequest,
            look=look_at_base,
            check=check_pull,
            send=open_pull_request,
            ready=ready("github"),
            require=required("github"),
            target=lambda asked: f"{asked.repo}:{asked.head}",
        ),
        MEMORY_UPDATE,
    )
