"""Asking a model for one word, to see that its key is accepted and that it answers."""

import time
from dataclasses import dataclass
from typing import Final

from asterism.features.talk.catalogue.directory import ModelDirectory
from asterism.features.talk.catalogue.service import choose
from asterism.kernel.db import Database
from asterism.kernel.llm import FailureKind, Limits, ModelFailure, Models, Request, Turn
from asterism.kernel.secrets import Secrets

LIMITS: Final = Limits(first_token=20, gap=20, total=30)
QUESTION: Final = Turn("user", "Answer with one word: yes")
HEARD: Final = frozenset({FailureKind.EMPTY, FailureKind.INTERRUPTED})
"""Failures of a model that took the key and the question: nothing was said, or not all of it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a trial went; `failure` is None when the model answered."""

    milliseconds: int
    failure: ModelFailure | None


async def try_model(
    db: Database, secrets: Secrets, directory: ModelDirectory, models: Models, user_id: str, name: str
) -> Trial:
    """Ask a model, `provider:model`, with the key that runs of the user would use. Raises as `choose`."""
    chosen = await db.run_read(lambda tx: choose(tx, secrets, directory, user_id, tier="fast", model=name))
    # Some models think before they say a word.
    request = Request(chosen.target, (QUESTION,), max_output_tokens=64, limits=LIMITS)
    started, failed = time.monotonic(), None
    try:
        await models.complete(request)
    except ModelFailure as failure:
        failed = None if failure.failure in HEARD else failure
    return Trial(round((time.monotonic() - started) * 1000), failed)
