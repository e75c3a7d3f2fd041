"""What models cost: one record per ended run, kept when chats go (Starbot 7.3)."""

from asterism.features.accounts.usage.models import Group, RunUsage, Spent
from asterism.features.accounts.usage.service import record, report, spent_on_chats

__all__ = ["Group", "RunUsage", "Spent", "record", "report", "spent_on_chats"]
