"""The model that `asterism review` asks when it works in process: the one that reviews of this installation use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from asterism.features.review import inspection
from asterism.kernel.llm import PydanticModels, Target
from asterism.server.data_folder import is_installation
from asterism.server.settings import Settings
from asterism.server.settings_sources import load_process_settings


def target() -> Target | None:
    """Return how to call the model that is set up, None when none is, or when this machine has no data folder yet."""
    settings = load_process_settings()
    if not is_installation(settings.data_dir):
        return None
    return _found(settings)


def _found(settings: Settings) -> Target | None:
    # what a review without a model does not need, and would wait for
    from asterism.features.review import local_providers
    from asterism.kernel.secrets import EnvelopeSecrets
    from asterism.server.model_access import key_places
    from asterism.server.schema import declare_tables
    from asterism.server.stores import open_settings_database, settings_key_store

    declare_tables()
    db = open_settings_database(settings)
    try:
        keys = key_places(settings, EnvelopeSecrets(settings_key_store(settings)))
        with suppress(local_providers.NoProvider, local_providers.KeyMissing, local_providers.NotUsable):
            return local_providers.find_model(db, keys)
        return None
    finally:
        db.close()


@asynccontextmanager
async def asker(*, wanted: bool) -> AsyncIterator[inspection.Asker | None]:
    """Give what asks the model, None without one or when it is not wanted."""
    found = await asyncio.to_thread(target) if wanted else None
    if found is None:
        yield None
        return
    models = PydanticModels()
    try:
        gate = asyncio.Semaphore(inspection.CALLS_PER_SERVER)
        yield inspection.Asker(models, found, gate, inspection.ModelUse(found.provider, found.model))
    finally:
        await models.stop()
