// Where the nodes of a graph stand: in columns, each in the order that crosses few lines. Pure; measures are pixels.

export interface Node {
  id: string;
  label: string;
  column: number; // from 0; empty columns are closed up
}

export interface Line {
  from: string;
  to: string;
  label?: string;
}

export interface Placed<N extends Node> {
  width: number;
  height: number;
  nodes: readonly { node: N; x: number; y: number }[];
  lines: readonly { line: Line; path: string }[];
}

export const NODE = { width: 168, height: 26 } as const;
const GAP = { across: 64, down: 8 } as const;
const MARGIN = { side: 12, arc: 40 } as const;
const BOW = 28; // how far a line goes around what stands between its ends
const SWEEPS = 4;

/** Place nodes; lines to what is not there, and from a node to itself, are left out. */
export function placed<N extends Node>(nodes: readonly N[], lines: readonly Line[]): Placed<N> {
  const known = new Set(nodes.map((one) => one.id));
  const kept = lines.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const columns = ordered(inColumns(nodes), kept);
  const tallest = Math.max(0, ...columns.map((one) => one.length));
  const height = MARGIN.side * 2 + tallest * (NODE.height + GAP.down) + BOW;
  const at = new Map<string, { x: number; y: number }>();
  const found = columns.flatMap((column, index) =>
    column.map((node, row) => {
      const x = MARGIN.side + index * (NODE.width + GAP.across);
      const y = MARGIN.side + ((tallest - column.length) / 2 + row) * (NODE.height + GAP.down);
      at.set(node.id, { x, y });
      return { node, x, y };
    }),
  );
  return {
    width: MARGIN.side * 2 + MARGIN.arc + columns.length * (NODE.width + GAP.across) - GAP.across,
    height,
    nodes: found,
    lines: kept.map((line) => ({ line, path: pathOf(at.get(line.from), at.get(line.to)) })),
  };
}

function inColumns<N extends Node>(nodes: readonly N[]): N[][] {
  const columns = [...new Set(nodes.map((one) => one.column))].toSorted((a, b) => a - b);
  return columns.map((column) => nodes.filter((one) => one.column === column));
}

/** Sort each column by where the neighbours of its nodes stand, from left to right and back again. */
function ordered<N extends Node>(columns: N[][], lines: readonly Line[]): N[][] {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of lines) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const height = new Map<string, number>();
  const note = (column: readonly N[]) => column.forEach((one, row) => height.set(one.id, (row + 0.5) / column.length));
  columns.forEach(note);
  const wish = (id: string) => {
    const places = (neighbours.get(id) ?? []).map((one) => height.get(one) ?? 0);
    return places.length === 0 ? (height.get(id) ?? 0) : places.reduce((sum, one) => sum + one, 0) / places.length;
  };
  let now = columns;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    now = now.map((column) => {
      const wishes = new Map(column.map((one) => [one.id, wish(one.id)]));
      const sorted = column.toSorted((a, b) => (wishes.get(a.id) ?? 0) - (wishes.get(b.id) ?? 0));
      note(sorted);
      return sorted;
    });
  }
  return now;
}

interface Place {
  x: number;
  y: number;
}

function pathOf(from: Place | undefined, to: Place | undefined): string {
  if (!from || !to) return "";
  const [y1, y2] = [from.y + NODE.height / 2, to.y + NODE.height / 2];
  if (from.x === to.x) {
    const x = from.x + NODE.width;
    const bend = x + Math.min(MARGIN.arc, 14 + Math.abs(y2 - y1) / 8);
    return `M${x} ${y1}C${bend} ${y1} ${bend} ${y2} ${x} ${y2}`;
  }
  const [x1, x2] = from.x < to.x ? [from.x + NODE.width, to.x] : [from.x, to.x + NODE.width];
  if (Math.abs(to.x - from.x) > NODE.width + GAP.across) {
    // below the columns between, under whose nodes it would vanish
    const [y, turn] = [Math.max(y1, y2) + BOW, from.x < to.x ? GAP.across : -GAP.across];
    return `M${x1} ${y1}C${x1 + turn} ${y} ${x2 - turn} ${y} ${x2} ${y2}`;
  }
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

/** Return a column for each node so that lines lead to the right, as far as they run in no circle. */
export function columnsOf(ids: readonly string[], lines: readonly Line[]): Map<string, number> {
  const next = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of lines) if (next.has(to)) next.get(from)?.push(to);
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  const back = new Set<string>();
  const stack: [string, number][] = [];
  for (const start of ids) {
    if (state.has(start)) continue;
    stack.push([start, 0]);
    state.set(start, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const [id, at] = top;
      const child = next.get(id)?.[at];
      if (child === undefined) {
        state.set(id, "done");
        order.push(id);
        stack.pop();
        continue;
      }
      top[1] = at + 1;
      if (state.get(child) === "open") back.add(`${id} ${child}`);
      else if (!state.has(child)) {
        state.set(child, "open");
        stack.push([child, 0]);
      }
    }
  }
  const columns = new Map(ids.map((id) => [id, 0]));
  for (const id of order.toReversed()) {
    for (const child of next.get(id) ?? []) {
      if (!back.has(`${id} ${child}`)) columns.set(child, Math.max(columns.get(child) ?? 0, (columns.get(id) ?? 0) + 1));
    }
  }
  return columns;
}
