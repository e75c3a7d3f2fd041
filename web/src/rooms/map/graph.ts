// Which part of a map is drawn: at most so many of each layer, those around what is chosen first, then those with most lines.
import type { Node } from "../../parts/graph.ts";
import { LAYERS, type Layer } from "./layers.ts";

interface Concept {
  id: string;
  name: string;
  layer: Layer;
}

interface Edge {
  from_concept_id: string;
  to_concept_id: string;
}

export interface Part {
  nodes: Node[];
  lines: { from: string; to: string }[];
  hidden: { layer: Layer; count: number }[];
}

/** Return what is drawn of a map. Layers stand from left to right. */
export function partOf(concepts: readonly Concept[], edges: readonly Edge[], chosen: string | undefined, most: number): Part {
  const weight = new Map<string, number>();
  const add = (id: string, count: number) => weight.set(id, (weight.get(id) ?? 0) + count);
  const [near, first] = [1e6, 1e9];
  for (const { from_concept_id: from, to_concept_id: to } of edges) {
    add(from, to === chosen ? near : 1);
    add(to, from === chosen ? near : 1);
  }
  if (chosen) add(chosen, first);
  const part: Part = { nodes: [], lines: [], hidden: [] };
  LAYERS.forEach((layer, column) => {
    const found = concepts.filter((one) => one.layer === layer);
    found.sort((a, b) => (weight.get(b.id) ?? 0) - (weight.get(a.id) ?? 0) || a.name.localeCompare(b.name));
    part.nodes.push(...found.slice(0, most).map((one) => ({ id: one.id, label: one.name, column })));
    if (found.length > most) part.hidden.push({ layer, count: found.length - most });
  });
  const shown = new Set(part.nodes.map((one) => one.id));
  part.lines = edges
    .map((one) => ({ from: one.from_concept_id, to: one.to_concept_id }))
    .filter(({ from, to }) => shown.has(from) && shown.has(to));
  return part;
}
