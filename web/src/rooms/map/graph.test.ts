import assert from "node:assert/strict";
import { test } from "node:test";
import { partOf } from "./graph.ts";

const file = (id: string) => ({ id, name: id, layer: "code" as const });
const edge = (from_concept_id: string, to_concept_id: string) => ({ from_concept_id, to_concept_id });

test("of many files those with most lines are drawn, and what is chosen with what is around it", () => {
  const concepts = [{ id: "m", name: "m", layer: "module" as const }, ..."abcdef".split("").map(file)];
  const edges = [edge("m", "a"), edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("f", "e")];
  const whole = partOf(concepts, edges, undefined, 3);
  assert.deepEqual(whole.nodes.map((one) => [one.id, one.column]), [["m", 2], ["a", 3], ["b", 3], ["c", 3]]);
  assert.deepEqual(whole.hidden, [{ layer: "code", count: 3 }]);
  assert.equal(whole.lines.length, 4);
  assert.deepEqual(partOf(concepts, edges, "f", 3).nodes.map((one) => one.id), ["m", "f", "e", "a"]);
});
