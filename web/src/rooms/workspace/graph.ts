// Lanes of a history: which column each snapshot stands in, and which lines pass by.

export interface Node {
  id: string;
  parents: readonly string[];
}

export interface GraphRow {
  lane: number;
  from: number[]; // lanes that come in from above
  to: number[]; // lanes of the parents, below
  passing: number[]; // lanes that only pass
  width: number;
}

/** Return a row for each snapshot, newest first. A lane is free again when nobody below is waited for in it. */
export function graphOf(nodes: readonly Node[]): GraphRow[] {
  const known = new Set(nodes.map((node) => node.id));
  let lanes: (string | null)[] = []; // the snapshot that each lane leads to
  return nodes.map((node) => {
    const from = lanes.flatMap((waited, at) => (waited === node.id ? [at] : []));
    const free = lanes.indexOf(null);
    const lane = from[0] ?? (free >= 0 ? free : lanes.length);
    const next = [...lanes];
    for (const at of from) next[at] = null;
    if (lane === next.length) next.push(null);
    const passing = next.flatMap((waited, at) => (waited !== null && at !== lane ? [at] : []));
    const to: number[] = [];
    for (const parent of node.parents.filter((one) => known.has(one))) {
      const there = next.indexOf(parent);
      const place = there >= 0 ? there : to.length === 0 ? lane : next.indexOf(null) >= 0 ? next.indexOf(null) : next.length;
      next[place] = parent;
      to.push(place);
    }
    while (next.length > 0 && next.at(-1) === null) next.pop();
    const width = Math.max(lanes.length, next.length, lane + 1);
    lanes = next;
    return { lane, from, to, passing, width };
  });
}
