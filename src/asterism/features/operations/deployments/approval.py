"""A person's yes to what an agent wants deployed: the server itself asks, as the agent's word proves nothing (10.6)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from asterism.features.accounts.identity import Caller
from asterism.features.operations.deployments.errors import NotApproved
from asterism.kernel.agents import Inquiry, Option

DEPLOY: Final = "Deploy"
Ask = Callable[[str, Inquiry], Awaitable[Sequence[Sequence[str]] | None]]
"""Asks in the turn with an id; None when nobody says yes or no, since the turn is not there or ends."""


async def get_approval(ask: Ask, caller: Caller, project_name: str) -> None:
    """Return once a person has said yes in the conversation of an agent's token. Raises NotApproved."""
    turn_id = caller.scope.run_id
    if turn_id is None:
        raise NotApproved
    inquiry = Inquiry(
        f"Deploy {project_name} from this conversation?",
        "Deployment",
        [Option(DEPLOY, "The app is built and goes live."), Option("Not now", "Nothing is deployed.")],
        custom=False,
    )
    if await ask(turn_id, inquiry) != ((DEPLOY,),):
        raise NotApproved
