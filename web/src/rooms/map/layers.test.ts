import assert from "node:assert/strict";
import { test } from "node:test";
import { around, byLayer, symbolsOf } from "./layers.ts";

const CONCEPTS = [
  { id: "b", name: "b.py", layer: "code" },
  { id: "a", name: "a.py", layer: "code" },
  { id: "m", name: "src", layer: "module" },
] as const;

test("layers stand from the whole to the parts, and empty ones are left out", () => {
  const found = byLayer([...CONCEPTS]).map(({ layer, concepts }) => [layer, concepts.map((one) => one.name)]);
  assert.deepEqual(found, [
    ["module", ["src"]],
    ["code", ["a.py", "b.py"]],
  ]);
});

test("neighbours are told by direction, and none that the map lacks", () => {
  const edges = [
    { from_concept_id: "m", to_concept_id: "a", type: "contains" },
    { from_concept_id: "a", to_concept_id: "b", type: "imports" },
    { from_concept_id: "a", to_concept_id: "gone", type: "imports" },
  ];
  const { out, into } = around("a", [...CONCEPTS], edges);
  assert.deepEqual(out.map((one) => [one.concept.id, one.type]), [["b", "imports"]]);
  assert.deepEqual(into.map((one) => [one.concept.id, one.type]), [["m", "contains"]]);
});

test("the names of a file are read from its metadata", () => {
  assert.deepEqual(symbolsOf('{"language": "python", "symbols": ["mean", "median"]}'), ["mean", "median"]);
  assert.deepEqual([symbolsOf(null), symbolsOf("{}")], [[], []]);
});
