"""The audit log: who did what with accounts, tokens and keys. Entries hold no secret."""

from asterism.features.accounts.audit.models import NOWHERE, Entry, Origin
from asterism.features.accounts.audit.service import list_entries, purge, record

__all__ = ["NOWHERE", "Entry", "Origin", "list_entries", "purge", "record"]
