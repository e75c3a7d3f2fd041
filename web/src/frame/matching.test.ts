import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "./matching.ts";

test("all words must be there, and what begins with the first one comes first", () => {
  const items = ["the main one", "main street", "Main", "other"];
  assert.deepEqual(matches(items, "main", (text) => text), ["main street", "Main", "the main one"]);
  assert.deepEqual(matches(items, "one main", (text) => text), ["the main one"]);
  assert.deepEqual(matches(items, " ", (text) => text), items);
});
