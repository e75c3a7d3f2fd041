"""Local projects and trust: which folder is meant, and what the owner allows in it."""

from asterism.features.review.trust.errors import InvalidPath, NotTrusted, UnknownTrust, WrongProject
from asterism.features.review.trust.models import LocalProject, Trust, TrustMode
from asterism.features.review.trust.roots import RootRules, split_path_list
from asterism.features.review.trust.service import (
    find_project,
    list_trust,
    project_of,
    read_trust,
    remove_trust,
    require_trust,
    save_trust,
    trust_in,
    trust_of,
)
from asterism.features.review.trust.session import SessionTrust

__all__ = [
    "InvalidPath",
    "LocalProject",
    "NotTrusted",
    "RootRules",
    "SessionTrust",
    "Trust",
    "TrustMode",
    "UnknownTrust",
    "WrongProject",
    "find_project",
    "list_trust",
    "project_of",
    "read_trust",
    "remove_trust",
    "require_trust",
    "save_trust",
    "split_path_list",
    "trust_in",
    "trust_of",
]
