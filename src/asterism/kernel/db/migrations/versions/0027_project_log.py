"""The log of each project: a shared stream that begins with it. What was told of forecasts goes there too."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Begin the logs of the projects that are there, and drop those of their forecasts."""
    op.execute("DELETE FROM stream_events WHERE stream_id LIKE 'forecast:%'")
    op.execute("DELETE FROM streams WHERE id LIKE 'forecast:%'")
    op.execute(
        "INSERT INTO streams (id, last_seq, created_at, expired, shared, floor)"
        " SELECT 'project:' || id, 0, created_at, FALSE, TRUE, 0 FROM projects"
    )
