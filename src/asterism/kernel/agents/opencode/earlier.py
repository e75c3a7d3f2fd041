"""What a session of OpenCode is told of before: they begin empty, and take only users' messages. Pure."""

import json
from collections.abc import Iterator

from asterism.kernel.agents.events import Part, TextPart, ToolPart
from asterism.kernel.agents.port import AgentJob, Resumption

ROOM = 200_000
"""Characters of earlier turns that are given; the oldest are dropped first."""
LONGEST = 20_000


def earlier(job: AgentJob) -> tuple[str, str]:
    """Return what was said and done before as one text, empty when there is nothing, and the prompt to send."""
    said = [f"<{turn.role}>\n{turn.text}\n</{turn.role}>" for turn in job.history]
    while said and sum(map(len, said)) > ROOM:
        said.pop(0)
    context = "Earlier in this conversation:\n\n" + "\n\n".join(said) if said else ""
    if job.resumption is None:
        return context, job.prompt
    done = "\n\n".join(_done(job.resumption.parts))
    request = f"<user>\n{job.prompt}\n</user>\n\nYou worked on this and were interrupted:\n\n{done}"
    return f"{context}\n\n{request}".strip(), _answered(job.resumption)


def _answered(resumption: Resumption) -> str:
    answers = resumption.answers or ()
    pairs = zip(resumption.question.questions, answers, strict=False)
    said = "\n".join(f"{asked.question}\n  {', '.join(texts)}" for asked, texts in pairs)
    return f"My answer to what you asked:\n{said}\nGo on where you were interrupted."


def _done(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, TextPart):
            yield part.text[:LONGEST]
        elif isinstance(part, ToolPart) and part.tool != "question":
            given = json.dumps(part.state.input or {}, ensure_ascii=False)[:LONGEST]
            yield f"[{part.tool} {given}: {part.state.status}]\n{(part.state.output or '')[:LONGEST]}"
