import assert from "node:assert/strict";
import { test } from "node:test";
import type { TreeEntry } from "./queries.ts";
import { parentsOf, rowsOf } from "./tree.ts";

const dir = (path: string): TreeEntry => ({ name: path.split("/").at(-1) ?? "", path, type: "dir" });
const file = (path: string): TreeEntry => ({ ...dir(path), type: "file" });

test("rows are what open folders show", () => {
  const known = new Map([
    ["", [dir("a"), dir("b"), file("c")]],
    ["a", [file("a/x")]],
    ["b/deep", [file("b/deep/y")]],
  ]);
  assert.deepEqual(rowsOf(known).map((row) => [row.entry.path, row.depth]), [["a", 0], ["a/x", 1], ["b", 0], ["c", 0]]);
});

test("the folders of a path", () => {
  assert.deepEqual(parentsOf("a/b/c.txt"), ["a", "a/b"]);
  assert.deepEqual(parentsOf("c.txt"), []);
});
