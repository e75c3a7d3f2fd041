"""Accounts: who calls, with which tokens and keys, what they did and what it cost."""
