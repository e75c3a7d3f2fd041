"""What a stored tree needs (Fastest 10.4): reads the tree's files and the settings, and asks `detection`."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from asterism.features.accounts.identity import Caller
from asterism.features.operations import detection
from asterism.features.operations.detection import Detection, Offer, Requirements, Source, Suggestion
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.models import DeploymentSettings, Status
from asterism.features.operations.infrastructure.settings import settings_of
from asterism.features.versions import projects, storage, workspaces
from asterism.features.versions.storage import BlobsMissing, ManifestLost, ManifestNotFound
from asterism.features.versions.sync import Advisor, Question
from asterism.features.versions.workspaces import NoTree
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx


@dataclass(frozen=True, slots=True)
class Needs:
    """What a project's tree needs, which resources would serve it, and what a model could be asked about it."""

    found: Detection
    suggested: list[Suggestion]
    offer: Offer
    question: Question | None = None


async def detect_needs(
    db: Database,
    blobs: Blobs,
    advisor: Advisor,
    caller: Caller,
    project_id: str,
    manifest_hash: str | None,
    *,
    local_types: Collection[str] = (),
) -> Needs:
    """Return what a project's tree needs and which resources would serve it, with the settings of main applied.

    `manifest_hash` names the tree (default: what the project shows now, else the empty tree). `local_types` are
    the types of resources that this machine can make. Where the rules are not sure, the caller's model fills what they
    left open. Raises UnknownProject or ManifestNotFound; a model's failure is none.
    """
    needs = await db.run_read(_by_rules, blobs, caller, project_id, manifest_hash, local_types)
    adviser = await advisor.find(db, caller.user_id) if needs.question is not None else None
    if adviser is None or needs.question is None:
        return needs
    found = detection.filled(needs.found, await advisor.ask(adviser, needs.question))
    return replace(needs, found=found, suggested=detection.suggest(found.requirements, needs.offer))


def _by_rules(
    tx: Tx, blobs: Blobs, caller: Caller, project_id: str, manifest_hash: str | None, local_types: Collection[str]
) -> Needs:
    project = projects.get_project(tx, caller, project_id)
    if manifest_hash is not None and storage.find_manifest(tx, project.owner_user_id, manifest_hash) is None:
        raise ManifestNotFound
    if manifest_hash is None:
        with suppress(NoTree):
            manifest_hash = workspaces.current_tree(tx, caller, project_id, None)[0]
    main = workspaces.main_of(tx, project)
    settings = settings_of(tx, main) if main is not None else None
    source = _source(tx, blobs, project.owner_user_id, manifest_hash, settings)
    found = _applied(detection.detect(source), settings)
    offer = _offer(tx, caller, project_id, local_types)
    return Needs(found, detection.suggest(found.requirements, offer), offer, detection.question(source, found))


def detect_tree(
    tx: Tx, blobs: Blobs, user_id: str, manifest_hash: str | None, settings: DeploymentSettings | None
) -> Detection:
    """Return what a stored tree needs, with settings applied; None stands for the empty tree."""
    return _applied(detection.detect(_source(tx, blobs, user_id, manifest_hash, settings)), settings)


def _source(
    tx: Tx, blobs: Blobs, user_id: str, manifest_hash: str | None, settings: DeploymentSettings | None
) -> Source:
    """Return the files of the app in a tree, read while the transaction lasts."""
    files: dict[str, tuple[str, int]] = {}
    if manifest_hash is not None:
        with suppress(ManifestLost, BlobsMissing):
            entries = storage.entries(tx, blobs, user_id, manifest_hash)
            files = {entry.path: (entry.hash, entry.size) for entry in entries if entry.type == "file"}

    def read(path: str) -> bytes | None:
        with suppress(BlobsMissing):
            return storage.content(tx, blobs, user_id, files[path][0])
        return None

    root = (settings.root if settings else None) or ""
    return Source({path: size for path, (_, size) in files.items()}, read, root)


def _applied(found: Detection, settings: DeploymentSettings | None) -> Detection:
    if settings is None:
        return found
    needs = detection.overridden(
        found.requirements, settings.runtime_override, settings.build_command, settings.start_command
    )
    return replace(found, requirements=needs)


def compute_provider(tx: Tx, caller: Caller, project_id: str, needs: Requirements) -> str:
    """Return who runs an app of a project: the provider of its suggestion for compute, else this machine."""
    suggested = detection.suggest(needs, _offer(tx, caller, project_id, ()))
    computing = (one.provider for one in suggested if one.type.startswith("compute"))
    return next(computing, None) or "local"


def _offer(tx: Tx, caller: Caller, project_id: str, local_types: Collection[str]) -> Offer:
    live = [one for one in store.project_resources(tx, project_id, deleted=False) if one.status is Status.READY]
    return Offer(
        credentials={one.provider for one in store.credentials(tx, caller.user_id)},
        local_types=frozenset(local_types),
        in_use={one.type: one.provider for one in live},
    )
