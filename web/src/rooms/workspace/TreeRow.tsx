import { memo } from "react";
import type { Row } from "./tree.ts";

export const HEIGHT = 26; // pixels

interface Props {
  row: Row;
  index: number;
  start: number; // pixels from the top
  open: boolean;
  selected: boolean;
  active: boolean; // where the keyboard is
}

/** A file or folder of a tree. One that stays while others come is not drawn again. */
export const TreeRow = memo(function TreeRow({ row, index, start, open, selected, active }: Props) {
  const { entry, depth } = row;
  const folder = entry.type === "dir";
  return (
    <div
      id={`row-${index}`}
      data-index={index}
      role="treeitem"
      aria-level={depth + 1}
      aria-setsize={row.size}
      aria-posinset={row.position}
      aria-expanded={folder ? open : undefined}
      aria-selected={selected}
      title={entry.path}
      className={`row absolute inset-x-1 contain-strict top-0 cursor-pointer gap-1.5 rounded px-1.5 text-[0.8125rem] hover:bg-hover aria-selected:bg-accent-soft aria-selected:text-accent ${active ? "group-focus-visible:outline-2 group-focus-visible:-outline-offset-2 group-focus-visible:outline-accent" : ""}`}
      style={{ height: HEIGHT, transform: `translateY(${start}px)`, paddingInlineStart: `${depth * 0.875 + 0.375}rem` }}
    >
      <span aria-hidden="true" className="w-3 shrink-0 text-center text-2xs text-faint">
        {folder ? (open ? "▾" : "▸") : ""}
      </span>
      <span className={`truncate ${folder ? "font-medium" : ""}`} dir="auto">{entry.name}</span>
      {entry.type === "symlink" && <span className="truncate text-2xs text-faint">→ {entry.target}</span>}
    </div>
  );
});
