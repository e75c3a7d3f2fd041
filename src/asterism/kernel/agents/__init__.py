"""Coding agents behind one port: a turn of work on a working copy, told as typed events (Fastest 8.5).

    async with agents.open(AgentJob(tree, "Fix the test", target)) as session:
        async for event in session.events():
            ...

`payload(event)` is what clients read of an event. `ScriptedAgents` plays a script, for tests.
"""

from asterism.kernel.agents.builtin import BuiltinAgents
from asterism.kernel.agents.choice import AgentChoice, ChosenAgents
from asterism.kernel.agents.events import (
    AgentEvent,
    Ended,
    FilePart,
    Inquiry,
    MessageInfo,
    MessageTime,
    MessageUpdated,
    Option,
    Part,
    PartRemoved,
    PartUpdated,
    PatchPart,
    Question,
    QuestionAsked,
    QuestionRejected,
    QuestionReplied,
    ReasoningPart,
    SnapshotPart,
    TextPart,
    ToolPart,
    ToolState,
    inquiries,
    payload,
)
from asterism.kernel.agents.ground import Ground
from asterism.kernel.agents.memory import Ask, Fail, Plan, ScriptedAgents, Spend, Step, Think, Wait, Write
from asterism.kernel.agents.opencode import OpenCodeAgents
from asterism.kernel.agents.port import (
    AgentJob,
    Agents,
    AgentSession,
    AgentUnavailable,
    AnswerRefused,
    Lookup,
    QuestionClosed,
    Resumption,
    Said,
)

__all__ = [
    "AgentChoice",
    "AgentEvent",
    "AgentJob",
    "AgentSession",
    "AgentUnavailable",
    "Agents",
    "AnswerRefused",
    "Ask",
    "BuiltinAgents",
    "ChosenAgents",
    "Ended",
    "Fail",
    "FilePart",
    "Ground",
    "Inquiry",
    "Lookup",
    "MessageInfo",
    "MessageTime",
    "MessageUpdated",
    "OpenCodeAgents",
    "Option",
    "Part",
    "PartRemoved",
    "PartUpdated",
    "PatchPart",
    "Plan",
    "Question",
    "QuestionAsked",
    "QuestionClosed",
    "QuestionRejected",
    "QuestionReplied",
    "ReasoningPart",
    "Resumption",
    "Said",
    "ScriptedAgents",
    "SnapshotPart",
    "Spend",
    "Step",
    "TextPart",
    "Think",
    "ToolPart",
    "ToolState",
    "Wait",
    "Write",
    "inquiries",
    "payload",
]
