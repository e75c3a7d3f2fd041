"""`/v1/tools/github`: searching, and opening pull requests (Starbot 8.4)."""

import msgspec

from asterism.asgi.answers import Created
from asterism.asgi.limits import TOOL_CALLS
from asterism.base.errors import TooLarge
from asterism.faces.v1.call import Call, post
from asterism.features.talk import integrations, tools

ERRORS = (tools.IntegrationNotConnected, integrations.IntegrationNotConfigured, *integrations.UPSTREAM_ERRORS)
PULL_LIMIT = 8 * 1024 * 1024


class OpenedPullRequest(msgspec.Struct):
    """The pull request that was opened."""

    pull_request: integrations.PullRequest


@post("/v1/tools/github/search", rate=TOOL_CALLS, errors=ERRORS)
async def search(call: Call, body: integrations.GitHubSearch) -> integrations.GitHubResults:
    """POST /v1/tools/github/search: find code, issues, pull requests, repositories or commits."""
    user_id = call.caller.user_id
    async with tools.audited(call.rt.db, user_id, "github_search", origin=call.origin, target=body.repo):
        return await call.rt.integrations.github.search(user_id, body)


@post(
    "/v1/tools/github/pr",
    rate=TOOL_CALLS,
    errors=(TooLarge, integrations.BranchExists, *ERRORS),
    max_body=PULL_LIMIT,
)
async def pr(call: Call, body: integrations.GitHubPullRequest) -> Created[OpenedPullRequest]:
    """POST /v1/tools/github/pr: open a pull request, with a new branch when files are given."""
    integrations.check_pull(body)
    user_id, target = call.caller.user_id, f"{body.repo}:{body.head}"
    async with tools.audited(call.rt.db, user_id, "github_pr", origin=call.origin, target=target):
        made = await call.rt.integrations.github.open_pull_request(user_id, body)
    return Created(OpenedPullRequest(made))
