import assert from "node:assert/strict";
import { test } from "node:test";
import { shownLines } from "./log.ts";

test("the newest lines are shown, and the others counted", () => {
  assert.deepEqual(shownLines([1, 2, 3, 4, 5], 3), { shown: [3, 4, 5], hidden: 2 });
  assert.deepEqual(shownLines([1, 2], 3), { shown: [1, 2], hidden: 0 });
  assert.deepEqual(shownLines([], 3), { shown: [], hidden: 0 });
});
