"""Facts of files, extracted once for each blob and kept (beyond.md 6, ADR 0130).

    found = file_facts.of_tree(db, blobs, user_id, entries)    # reads only blobs that were never read
    found.facts["src/main.py"].symbols

What the facts say is `vcs.facts`; which files the imports of a tree mean is `vcs.resolving`.
"""

from asterism.features.versions.file_facts.service import TreeFacts, of_tree
from asterism.features.versions.file_facts.store import Key
from asterism.vcs.facts import Facts

__all__ = ["Facts", "Key", "TreeFacts", "of_tree"]
