// The map read for people: what stands on which layer, and what leads to what.

export const LAYERS = ["system", "capability", "module", "code", "narrative"] as const;
export type Layer = (typeof LAYERS)[number];

interface Concept {
  id: string;
  name: string;
  layer: Layer;
}

interface Edge {
  from_concept_id: string;
  to_concept_id: string;
  type: string;
}

export interface Neighbour<C> {
  concept: C;
  type: string;
}

/** Return the concepts of each layer that has any, by name. */
export function byLayer<C extends Concept>(concepts: readonly C[]): { layer: Layer; concepts: C[] }[] {
  return LAYERS.map((layer) => ({
    layer,
    concepts: concepts.filter((one) => one.layer === layer).sort((a, b) => a.name.localeCompare(b.name)),
  })).filter((one) => one.concepts.length > 0);
}

/** Return what leads out of a concept and what leads into it; an edge to what the map lacks is left out. */
export function around<C extends Concept>(
  id: string,
  concepts: readonly C[],
  edges: readonly Edge[],
): { out: Neighbour<C>[]; into: Neighbour<C>[] } {
  const known = new Map(concepts.map((one) => [one.id, one]));
  const found = (other: string, type: string): Neighbour<C>[] => {
    const concept = known.get(other);
    return concept ? [{ concept, type }] : [];
  };
  return {
    out: edges.flatMap((one) => (one.from_concept_id === id ? found(one.to_concept_id, one.type) : [])),
    into: edges.flatMap((one) => (one.to_concept_id === id ? found(one.from_concept_id, one.type) : [])),
  };
}

/** Return the names that a file defines, of a concept's metadata; none where there are none to read. */
export function symbolsOf(metadata: string | null): string[] {
  if (!metadata) return [];
  const { symbols } = JSON.parse(metadata) as { symbols?: unknown };
  return Array.isArray(symbols) ? symbols.filter((one) => typeof one === "string") : [];
}
