"""The map of the code, decisions and next steps."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Create the tables."""
    _create_decisions()
    _create_atlas()
    _create_next_steps()


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id"], ["projects.id"], name=op.f(f"fk_{table}_project_id"), ondelete="CASCADE"
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("rationale", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("superseded_by", sa.Text),
        sa.Column("tree", sa.Text),
        sa.Column("stale_since", sa.Text),
        sa.Column("changed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        _of_project("decisions"),
        sa.UniqueConstraint("project_id", "folded", name=op.f("uq_decisions_project_id_folded")),
    )
    op.create_table(
        "decision_links",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("owner_user_id", sa.Text, nullable=False),
        sa.Column("decision_id", sa.Text, nullable=False),
        sa.Column("concept_id", sa.Text, nullable=False),
        sa.Column("confidence", sa.Integer, nullable=False),
        sa.Column("blob", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision_links"),
        _of_project("decision_links"),
        sa.ForeignKeyConstraint(
            ["owner_user_id"], ["users.id"], name=op.f("fk_decision_links_owner_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_decision_links_decision_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("decision_id", "concept_id", name=op.f("uq_decision_links_decision_id_concept_id")),
    )
    op.create_index("ix_decision_links_project_id", "decision_links", ["project_id"])
    op.create_index("ix_decision_links_owner_user_id", "decision_links", ["owner_user_id"])


def _create_atlas() -> None:
    op.create_table(
        "atlas_indexes",
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("manifest_hash", sa.Text, nullable=False),
        sa.Column("snapshot_id", sa.Text),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("graph", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_atlas_indexes"),
        _of_project("atlas_indexes"),
    )
    op.create_table(
        "atlas_chunks",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("concept_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("dimension", sa.Integer),
        sa.Column("vector", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_atlas_chunks"),
        _of_project("atlas_chunks"),
        sa.UniqueConstraint("project_id", "concept_id", name=op.f("uq_atlas_chunks_project_id_concept_id")),
    )
    op.create_table(
        "atlas_diagrams",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("concept_id", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("nodes", sa.Text, nullable=False),
        sa.Column("arrows", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_atlas_diagrams"),
        _of_project("atlas_diagrams"),
    )
    op.create_index("ix_atlas_diagrams_project_id", "atlas_diagrams", ["project_id"])


def _create_next_steps() -> None:
    op.create_table(
        "next_steps",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("rationale", sa.Text),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("effort", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("generated_at", sa.Text, nullable=False),
        sa.Column("acted_on_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_next_steps"),
        _of_project("next_steps"),
        sa.UniqueConstraint("project_id", "folded", name=op.f("uq_next_steps_project_id_folded")),
    )
    op.create_table(
        "next_step_votes",
        sa.Column("next_step_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("next_step_id", "user_id", name="pk_next_step_votes"),
        sa.ForeignKeyConstraint(
            ["next_step_id"], ["next_steps.id"], name=op.f("fk_next_step_votes_next_step_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_next_step_votes_user_id"), ondelete="CASCADE"),
    )
    op.create_index("ix_next_step_votes_user_id", "next_step_votes", ["user_id"])
