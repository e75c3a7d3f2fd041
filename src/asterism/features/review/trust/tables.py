"""Folders used as projects, and persistent trust in them."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

local_projects = sa.Table(
    "local_projects",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("root", sa.Text, nullable=False, unique=True),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("inode", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Index("ix_local_projects_device_inode", "device", "inode"),
)

local_trust = sa.Table(
    "local_trust",
    metadata,
    sa.Column("project_id", sa.Text, sa.ForeignKey("local_projects.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("trusted_at", sa.Text, nullable=False),
    sa.Column("read_files", sa.Boolean, nullable=False),
    sa.Column("run_commands", sa.Boolean, nullable=False),
)
