// The rows of a tree of which some folders are open.
import type { TreeEntry } from "./queries.ts";

export interface Row {
  entry: TreeEntry;
  depth: number;
  position: number; // among its siblings, from 1
  size: number; // how many siblings there are
}

/** Return what is to be seen; `known` holds the children of open folders, undefined while they are asked for. */
export function rowsOf(known: ReadonlyMap<string, readonly TreeEntry[] | undefined>): Row[] {
  const rows: Row[] = [];
  const walk = (path: string, depth: number) => {
    const entries = known.get(path) ?? [];
    entries.forEach((entry, at) => {
      rows.push({ entry, depth, position: at + 1, size: entries.length });
      if (entry.type === "dir" && known.has(entry.path)) walk(entry.path, depth + 1);
    });
  };
  walk("", 0);
  return rows;
}

/** Return the folders that a path lies in, the outermost first. */
export function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}
