"""Generates `docs/reference/*.md` and the script of the schema from the code, and tells when they are stale."""
