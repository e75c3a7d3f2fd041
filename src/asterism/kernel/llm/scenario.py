"""Answers by prompt: what a scripted model does while an agent works on something."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from asterism.kernel.llm.conversation import Text
from asterism.kernel.llm.models import Request

T = TypeVar("T")


class Scenario(Generic[T]):
    """Answers to prompts: `steps` maps a part of a prompt to the answers of its rounds.

    The first round is the answer to the prompt itself, each further one that to the results of its calls; the last
    answer repeats. The longest part that the prompt holds counts; `otherwise` answers prompts that hold none. Which
    answer comes is told from the conversation alone, so that any number of agents can talk at once.
    """

    def __init__(self, steps: Mapping[str, Sequence[T]], otherwise: T) -> None:
        self._steps = {part: tuple(answers) for part, answers in steps.items() if answers}
        self._otherwise = otherwise

    def pick(self, prompt: str, rounds: int) -> T:
        """Return the answer to a prompt to which the assistant has spoken `rounds` times already."""
        part = max((part for part in self._steps if part in prompt), key=len, default=None)
        if part is None:
            return self._otherwise
        answers = self._steps[part]
        return answers[min(rounds, len(answers) - 1)]

    def __call__(self, request: Request) -> T:
        """Return the answer to a request of the port, for `ScriptedModels`."""
        prompt, rounds = "", 0
        for turn in request.turns:
            text = "".join(part.text for part in turn.content if isinstance(part, Text))
            if turn.role == "assistant":
                rounds += 1
            elif text:
                prompt, rounds = text, 0
        return self.pick(prompt, rounds)
