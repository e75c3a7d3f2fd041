"""Tables of what happened in projects. The log itself is a shared stream."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

activity_events = sa.Table(
    "activity_events",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.Text),
    sa.Column("message", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
)
sa.Index("ix_activity_events_project_id_created_at", activity_events.c.project_id, activity_events.c.created_at)
