import assert from "node:assert/strict";
import { test } from "node:test";
import { keys, staleKeys } from "./keys.ts";

test("an entry makes out of date what it names, and nothing of other workspaces", () => {
  const entry = { kind: "snapshot.made", workspace_id: "w1", subject: { type: "snapshot", id: "s1" } };
  const stale = staleKeys("p1", entry);
  assert.ok(stale.some((key) => key.join() === keys.project("p1", "whole").join()));
  assert.ok(stale.some((key) => key.join() === keys.workspace("w1").join()));
  assert.ok(!stale.some((key) => key[0] === "needs"));
});

test("a kind that is not known yet makes nothing out of date but its workspace", () => {
  const entry = { kind: "comet.seen", workspace_id: null, subject: { type: "comet", id: "c" } };
  assert.deepEqual(staleKeys("p1", entry), []);
});
