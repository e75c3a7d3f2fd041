import assert from "node:assert/strict";
import { test } from "node:test";
import { graphOf } from "./graph.ts";

test("a line stays in one lane", () => {
  const rows = graphOf([{ id: "c", parents: ["b"] }, { id: "b", parents: ["a"] }, { id: "a", parents: [] }]);
  assert.deepEqual(rows.map((row) => [row.lane, row.from, row.to, row.width]), [[0, [], [0], 1], [0, [0], [0], 1], [0, [0], [], 1]]);
});

test("a merge opens a lane that ends where both come from", () => {
  const rows = graphOf([
    { id: "m", parents: ["x", "y"] },
    { id: "x", parents: ["a"] },
    { id: "y", parents: ["a"] },
    { id: "a", parents: [] },
  ]);
  assert.deepEqual(rows.map((row) => row.lane), [0, 0, 1, 0]);
  assert.deepEqual(rows[0]?.to, [0, 1]);
  assert.deepEqual(rows[1]?.passing, [1]);
  assert.deepEqual(rows[2]?.to, [0]);
  assert.deepEqual(rows.map((row) => row.width), [2, 2, 2, 1]);
});

test("parents that are not shown draw no line", () => {
  assert.deepEqual(graphOf([{ id: "a", parents: ["old"] }])[0]?.to, []);
});
