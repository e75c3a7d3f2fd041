import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf, sketchOf } from "./diff.ts";

const DIFF = "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@ def f\n one\n-two\n+zwei\n+drei\n four\n\\ No newline at end of file\n";

test("lines have the numbers that they have in either file", () => {
  const lines = rowsOf(DIFF).flatMap((row) => (row.kind === "line" ? [[row.line.kind, row.line.old, row.line.new, row.line.text]] : []));
  assert.deepEqual(lines, [
    ["same", 1, 1, "one"],
    ["removed", 2, undefined, "two"],
    ["added", undefined, 2, "zwei"],
    ["added", undefined, 3, "drei"],
    ["same", 3, 4, "four"],
  ]);
});

test("signed lines without places are all shown", () => {
  const kinds = sketchOf("+title\n-old\n+++ a.py\n\n@@ -1 +1 @@\n kept\n").map((row) => (row.kind === "line" ? row.line.kind : "hunk"));
  assert.deepEqual(kinds, ["added", "removed", "added", "same", "hunk", "same"]);
  assert.deepEqual(sketchOf(""), []);
});
