"""`/v1/projects/:id/decisions` and `next-steps` over the wire."""

import httpx
import pytest

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push

DECISION = {
    "id", "project_id", "conversation_id", "decision", "rationale", "category", "decided_at", "status", "superseded_by",
}  # fmt: skip
STEP = {
    "id", "project_id", "title", "description", "rationale", "category", "priority", "effort", "status",
    "helpful_count", "not_helpful_count", "model", "generated_at", "acted_on_at",
}  # fmt: skip


@pytest.fixture
def project(alice: httpx.Client) -> str:
    project = make_project(alice)
    push(alice, project, make_workspace(alice, project), {"app/store.py": b"x = 1\n", "README.md": b"# R\n"})
    chat = ok(alice.post(f"/v1/projects/{project}/chats", json={}), 201)["chat"]["id"]
    said = {"role": "user", "content": "We decided to keep everything in `store.py`."}
    ok(alice.post(f"/v1/chats/{chat}/messages", json=said), 201)
    return project


def test_decisions_are_extracted_listed_linked_and_confirmed(alice: httpx.Client, project: str) -> None:
    base = f"/v1/projects/{project}/decisions"
    assert ok(alice.get(base)) == {"decisions": []}
    answer = ok(alice.post(f"{base}/extract"))
    (made,) = answer["decisions"]
    assert (answer["extracted_count"], made.keys()) == (1, DECISION)
    assert ok(alice.post(f"{base}/extract", json={"max_conversations": 1}))["extracted_count"] == 0
    (linked,) = ok(alice.get(base, params={"include_links": "true"}))["decisions"]
    assert linked["links"] == [
        {"concept_id": "code:app/store.py", "name": "store.py", "layer": "code", "confidence": 90}
    ]
    assert (linked["stale"], linked["stale_since"], linked["changed"]) == (False, None, [])
    changed = ok(alice.patch(f"{base}/{made['id']}", json={"status": "confirmed"}))["decision"]
    assert changed == made | {"status": "confirmed"}


def test_what_is_asked_of_decisions_has_bounds(alice: httpx.Client, bob: httpx.Client, project: str) -> None:
    base = f"/v1/projects/{project}/decisions"
    field_error(alice.post(f"{base}/extract", json={"max_conversations": 11}), "max_conversations")
    field_error(alice.post(f"{base}/extract", json={"messages_per_conversation": 3}), "messages_per_conversation")
    error(alice.post(f"{base}/extract", json={"conversation_id": "none"}), 404, "NOT_FOUND")
    error(alice.patch(f"{base}/none", json={"status": "active"}), 404, "NOT_FOUND")
    field_error(alice.patch(f"{base}/none", json={"status": "maybe"}), "status")
    error(bob.post(f"{base}/extract"), 404, "NOT_FOUND")


def test_next_steps_are_generated_listed_changed_and_voted_on(alice: httpx.Client, project: str) -> None:
    base = f"/v1/projects/{project}/next-steps"
    assert ok(alice.get(base)) == {"next_steps": []}
    answer = ok(alice.post(f"{base}/generate"))
    assert [step["title"] for step in answer["next_steps"]] == ["Write the project brief", "Deploy a first version"]
    assert (answer["generated_count"], answer["next_steps"][0].keys()) == (2, STEP)
    assert ok(alice.post(f"{base}/generate", json={})) == {"next_steps": [], "generated_count": 0}
    step = answer["next_steps"][0]["id"]
    changed = ok(alice.patch(f"{base}/{step}", json={"status": "completed"}))
    assert (changed["success"], changed["next_step"]["status"]) == (True, "completed")
    assert len(ok(alice.get(base))["next_steps"]) == 1
    assert len(ok(alice.get(base, params={"status": "all"}))["next_steps"]) == 2
    voted = ok(alice.post(f"{base}/{step}/feedback", json={"helpful": True}))
    assert (voted["success"], voted["next_step"]["helpful_count"]) == (True, 1)


def test_what_is_asked_of_next_steps_has_bounds(alice: httpx.Client, bob: httpx.Client, project: str) -> None:
    base = f"/v1/projects/{project}/next-steps"
    error(alice.get(base, params={"status": "old"}), 422, "VALIDATION_ERROR")
    error(alice.patch(f"{base}/none", json={"status": "started"}), 404, "NOT_FOUND")
    error(alice.post(f"{base}/none/feedback", json={"helpful": True}), 404, "NOT_FOUND")
    field_error(alice.post(f"{base}/none/feedback", json={"helpful": "yes"}), "helpful")
    error(bob.post(f"{base}/generate"), 404, "NOT_FOUND")
