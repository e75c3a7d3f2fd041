"""Use cases of projects and trust.

`live` is the trust that lives in memory; an entry of either kind holds for its project id and its root together.
"""

from pathlib import Path

from asterism.base.ids import uuid4
from asterism.features.review.trust import store
from asterism.features.review.trust.errors import NotTrusted, UnknownTrust, WrongProject
from asterism.features.review.trust.folder import mark_project
from asterism.features.review.trust.models import LocalProject, Trust, TrustMode
from asterism.features.review.trust.roots import same_folder
from asterism.features.review.trust.session import SessionTrust
from asterism.kernel.db import Tx


def project_of(tx: Tx, root: Path) -> LocalProject:
    """Return the project of a canonical root, made at its first use. Needs a writing transaction."""
    found = find_project(tx, root)
    if found is not None:
        return found
    facts = root.stat()
    store.add_project(tx, LocalProject(uuid4(), root, tx.now()), facts.st_dev, facts.st_ino)
    made = store.project_at(tx, root)
    if made is None:
        raise RuntimeError("a project that was just added is not there")
    return made


def find_project(tx: Tx, root: Path) -> LocalProject | None:
    """Return the project of a canonical root, None when it was never used.

    Another spelling of a known folder is the same project as long as the folder still stands at its first spelling.
    """
    found = store.project_at(tx, root)
    if found is not None:
        return found
    facts = root.stat()
    known = store.projects_with(tx, facts.st_dev, facts.st_ino)
    return next((one for one in known if same_folder(one.root, root)), None)


def trust_of(tx: Tx, live: SessionTrust, project_id: str) -> Trust | None:
    """Return the trust in a project, None when there is none."""
    return live.get(project_id) or store.trust_of(tx, project_id)


def read_trust(tx: Tx, live: SessionTrust, project_id: str) -> Trust:
    """Return the trust in a project. Raises UnknownTrust."""
    found = trust_of(tx, live, project_id)
    if found is None:
        raise UnknownTrust("There is no trust entry for this project.")
    return found


def trust_in(tx: Tx, live: SessionTrust, root: Path) -> Trust | None:
    """Return the trust that holds for a canonical root."""
    project = find_project(tx, root)
    return None if project is None else trust_of(tx, live, project.id)


def require_trust(tx: Tx, live: SessionTrust, root: Path) -> Trust:
    """Return the trust in a root that may be read. Raises NotTrusted."""
    found = trust_in(tx, live, root)
    if found is None or not found.read_files:
        raise NotTrusted
    return found


def list_trust(tx: Tx, live: SessionTrust) -> list[Trust]:
    """Return every entry of both kinds, newest first."""
    entries = {trust.project_id: trust for trust in [*store.all_trust(tx), *live.all()]}
    return sorted(entries.values(), key=lambda trust: (trust.trusted_at, trust.project_id), reverse=True)


def save_trust(
    tx: Tx,
    live: SessionTrust,
    *,
    project_id: str,
    root: Path,
    trusted_at: str,
    read_files: bool,
    run_commands: bool,
    mode: TrustMode,
) -> Trust:
    """Save trust in the project of a canonical root, in place of an older entry of either mode.

    Raises WrongProject when the id was not given to that root. What lives in memory or in the project's folder changes
    only after the commit.
    """
    project = find_project(tx, root)
    if project is None or project.id != project_id:
        raise WrongProject("projectId: was not given to this repoRoot")
    trust = Trust(project_id, project.root, trusted_at, read_files, run_commands, mode)
    if mode == "session":
        store.delete_trust(tx, project_id)
        tx.after_commit(lambda: live.put(trust))
        return trust
    store.save_trust(tx, trust)
    tx.after_commit(lambda: live.remove(project_id))
    if read_files:
        tx.after_commit(lambda: mark_project(project))
    return trust


def remove_trust(tx: Tx, live: SessionTrust, project_id: str) -> Trust | None:
    """Remove the entry of a project and return it, None when there was none."""
    found = trust_of(tx, live, project_id)
    store.delete_trust(tx, project_id)
    tx.after_commit(lambda: live.remove(project_id))
    return found
