"""Everything else: `bash`, the list of things to do, and questions to the user."""

from typing import Annotated

from msgspec import Meta, Struct

from asterism.kernel.agents.builtin.bench import Bench, Result, Spec, Todo, ToolRefused
from asterism.kernel.agents.events import Inquiry
from asterism.kernel.sandbox import Ending, Outcome, SessionLost

SECONDS = 120.0
MOST_SECONDS = 600.0
SHOWN = 30_000


class BashArguments(Struct):
    """Arguments of `bash`."""

    command: Annotated[str, Meta(min_length=1, description="The command line.")]
    description: Annotated[str, Meta(description="What it does, in 5 to 10 words.")] = ""
    timeout: Annotated[float, Meta(gt=0, description="Milliseconds after which it is ended (120000).")] = SECONDS * 1000
    workdir: Annotated[str, Meta(description="The folder to run in (default: the top of the working copy).")] = "."


class TodoArguments(Struct):
    """Arguments of `todowrite`."""

    todos: Annotated[list[Todo], Meta(description="The whole list, done things included.")]


class NoArguments(Struct):
    """No arguments."""


class QuestionArguments(Struct):
    """Arguments of `question`."""

    questions: Annotated[list[Inquiry], Meta(min_length=1, max_length=8)]


async def _bash(bench: Bench, given: BashArguments) -> Result:
    folder = bench.tree.name(given.workdir)
    if not bench.tree.is_folder(folder):
        raise ToolRefused(f"{given.workdir} is no folder.")
    seconds = min(given.timeout / 1000, MOST_SECONDS)
    title = given.description or given.command.partition("\n")[0][:80]
    try:
        outcome = await bench.shell.run(given.command, folder=folder, seconds=seconds)
    except SessionLost as error:
        raise ToolRefused(f"{error} Nothing that ran in the background is left.") from None
    text = _shown(outcome, seconds)
    return Result(text, title, {"exit": outcome.returncode}, failed=False)


def _shown(outcome: Outcome, seconds: float) -> str:
    text = outcome.stdout.decode(errors="replace").replace("\0", "")
    if len(text) > SHOWN:
        half = SHOWN // 2
        text = f"{text[:half]}\n\n… {len(text) - SHOWN} characters left out …\n\n{text[-half:]}"
    notes = []
    if outcome.ending is Ending.TIMED_OUT:
        notes.append(f"The command was ended after {seconds:g} s. Give it more time, or run it in the background.")
    elif outcome.ending is Ending.TOO_MUCH_OUTPUT:
        notes.append("The command was ended: it wrote too much. Send its output to a file.")
    elif outcome.stderr:
        notes.append(f"The command could not be started: {outcome.stderr.decode(errors='replace')}.")
    elif outcome.returncode != 0:
        notes.append(f"Exit status {outcome.returncode}.")
    return "\n".join([*([text] if text else []), *notes]) or "(no output)"


async def _todowrite(bench: Bench, given: TodoArguments) -> Result:
    bench.todos = list(given.todos)
    return _todos(bench)


async def _todoread(bench: Bench, _: NoArguments) -> Result:
    return _todos(bench)


def _todos(bench: Bench) -> Result:
    lines = [f"[{todo.status}] {todo.content}" for todo in bench.todos]
    left = sum(todo.status not in ("completed", "cancelled") for todo in bench.todos)
    listed = [{"id": t.id, "content": t.content, "status": t.status, "priority": t.priority} for t in bench.todos]
    return Result("\n".join(lines) or "(nothing to do)", f"{left} to do", {"todos": listed})


async def _question(bench: Bench, given: QuestionArguments) -> Result:
    answers = await bench.session.ask(given.questions)
    said = [f"{asked.question}\n  {', '.join(texts)}" for asked, texts in zip(given.questions, answers, strict=False)]
    return Result("The user answered:\n" + "\n".join(said), "answered", {"answers": [list(texts) for texts in answers]})


TOOLS = (
    Spec("bash", BashArguments, _bash, writes=True),
    Spec("todowrite", TodoArguments, _todowrite, writes=True),
    Spec("todoread", NoArguments, _todoread),
    Spec("question", QuestionArguments, _question, writes=True),
)
