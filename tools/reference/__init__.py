"""Generates `docs/reference/*.md` from the code, and tells when they are stale."""
