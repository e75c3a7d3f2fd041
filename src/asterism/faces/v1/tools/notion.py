"""`/v1/tools/notion`: searching and changing pages (Starbot 8.3)."""

import msgspec

from asterism.asgi.limits import TOOL_CALLS
from asterism.base.errors import TooLarge
from asterism.faces.v1.call import Call, post
from asterism.features.talk import integrations, tools

ERRORS = (tools.IntegrationNotConnected, *integrations.UPSTREAM_ERRORS)


class NotionChange(msgspec.Struct):
    """The page after its change."""

    page: integrations.ChangedPage


@post("/v1/tools/notion/search", rate=TOOL_CALLS, errors=ERRORS)
async def search(call: Call, body: integrations.NotionSearch) -> integrations.NotionResults:
    """POST /v1/tools/notion/search: find pages and data sources by title."""
    user_id = call.caller.user_id
    async with tools.audited(call.rt.db, user_id, "notion_search", origin=call.origin):
        return await call.rt.integrations.notion.search(user_id, body)


@post("/v1/tools/notion/update", rate=TOOL_CALLS, errors=(TooLarge, *ERRORS))
async def update(call: Call, body: integrations.NotionUpdate) -> NotionChange:
    """POST /v1/tools/notion/update: change a page's properties, title, content, or put it in the trash."""
    user_id, target = call.caller.user_id, integrations.check_update(body)
    async with tools.audited(call.rt.db, user_id, "notion_update", origin=call.origin, target=target):
        return NotionChange(await call.rt.integrations.notion.update(user_id, body))
