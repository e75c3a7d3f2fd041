import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, NODE, placed } from "./graph.ts";

const node = (id: string, column: number) => ({ id, label: id, column });

test("nodes stand beside what they lead to, none upon another", () => {
  const nodes = [node("a", 0), node("b", 0), node("x", 3), node("y", 3)];
  const found = placed(nodes, [{ from: "a", to: "y" }, { from: "b", to: "x" }, { from: "a", to: "gone" }]);
  const at = new Map(found.nodes.map((one) => [one.node.id, one]));
  assert.equal(found.lines.length, 2);
  assert.equal(at.get("a")?.y, at.get("y")?.y);
  assert.equal(at.get("b")?.y, at.get("x")?.y);
  for (const one of found.nodes) {
    for (const other of found.nodes) {
      if (one !== other) assert.ok(one.x !== other.x || Math.abs(one.y - other.y) >= NODE.height);
    }
    assert.ok(one.x + NODE.width <= found.width && one.y + NODE.height <= found.height);
  }
});

test("a line over several columns leaves the row of what stands between", () => {
  const found = placed([node("a", 0), node("b", 1), node("c", 2)], [{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "c", to: "a" }]);
  const heights = (path: string) => [...path.matchAll(/[\d.]+ ([\d.]+)/g)].map((one) => Number(one[1]));
  const [first, , back] = found.lines.map((one) => heights(one.path));
  assert.equal(new Set(first).size, 1);
  assert.ok(back?.some((y) => y > (first?.[0] ?? 0) + NODE.height / 2 && y <= found.height));
});

test("columns follow the lines, and a circle is cut once", () => {
  const lines = [{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "a", to: "c" }, { from: "c", to: "a" }];
  assert.deepEqual([...columnsOf(["a", "b", "c"], lines)], [["a", 0], ["b", 1], ["c", 2]]);
  assert.deepEqual([...columnsOf([], lines)], []);
});

test("ten thousand nodes in a chain do not exhaust the stack", () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => String(index));
  const chain = ids.slice(1).map((to, index) => ({ from: String(index), to }));
  assert.equal(columnsOf(ids, chain).get("9999"), 9999);
});
