"""Having a model settle what lines and structure left open (Fastest 5.6): outside of every lock and transaction."""

import asyncio
from dataclasses import replace

from asterism.features.versions.sync.advisor import Adviser, Advisor
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.model_merge import (
    Conflict,
    merged_by,
    read_conflict,
    wanted_hashes,
    with_intents,
)
from asterism.vcs.merge import Decision, Plan, with_merged

MAX_ASKED = 20
ASKED_AT_ONCE = 5


async def settle(contents: Contents, advisor: Advisor, plan: Plan) -> tuple[Plan, str | None]:
    """Return the plan after asking, and the name of the model that was asked, None where nobody was.

    What the model cannot settle stays a decision, with the texts that it wrote for it.
    """
    if not any(wanted_hashes(decision) is not None for decision in plan.decisions):
        return plan, None
    adviser = await advisor.find(contents.db, contents.user_id)
    if adviser is None:
        return plan, None
    conflicts = await asyncio.to_thread(_conflicts, contents, plan)
    places = asyncio.Semaphore(ASKED_AT_ONCE)
    answered = await asyncio.gather(*(_ask(advisor, adviser, one, places) for one in conflicts))
    for decision, merged in answered:
        plan = _with_decision(plan, decision)
        if merged is not None:
            plan = with_merged(plan, decision.path, merged)
    return plan, adviser.name if conflicts else None


async def _ask(
    advisor: Advisor, adviser: Adviser, conflict: Conflict, places: asyncio.Semaphore
) -> tuple[Decision, bytes | None]:
    async with places:
        answer = await advisor.ask(adviser, conflict.question)
    return with_intents(conflict.decision, answer), merged_by(answer, conflict)


def _conflicts(contents: Contents, plan: Plan) -> list[Conflict]:
    """Return the first decisions that a model can be asked about. For a worker thread."""
    found: list[Conflict] = []
    for decision in plan.decisions:
        wanted = wanted_hashes(decision)
        conflict = None if wanted is None else read_conflict(decision, contents.read(wanted))
        if conflict is not None:
            found.append(conflict)
        if len(found) == MAX_ASKED:
            break
    return found


def _with_decision(plan: Plan, changed: Decision) -> Plan:
    decisions = tuple(changed if one.path == changed.path else one for one in plan.decisions)
    return replace(plan, decisions=decisions)
