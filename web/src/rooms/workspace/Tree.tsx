import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { Trouble, Waiting } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { parentsOf, rowsOf } from "./tree.ts";
import { folderOf, type TreeEntry } from "./queries.ts";

const HEIGHT = 26;

interface Props {
  snapshotId: string;
  selected: string | undefined;
  onOpen: (entry: TreeEntry) => void;
}

/** The tree of a snapshot: folders are asked for when they are opened, rows drawn where they are looked at. */
export function Tree({ snapshotId, selected, onOpen }: Props) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set(["", ...parentsOf(selected ?? "")]));
  const [active, setActive] = useState(selected ?? "");
  const folders = [...opened];
  const answers = useQueries({ queries: folders.map((path) => folderOf(snapshotId, path)) });
  const known = new Map(folders.map((path, at) => [path, answers[at]?.data]));
  const rows = rowsOf(known);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => HEIGHT, overscan: 12 });
  const at = useMemo(() => Math.max(0, rows.findIndex((row) => row.entry.path === active)), [rows, active]);

  const toggle = (path: string) => {
    const next = new Set(opened);
    if (!next.delete(path)) next.add(path);
    setOpened(next);
  };
  const choose = (entry: TreeEntry) => {
    setActive(entry.path);
    if (entry.type === "dir") toggle(entry.path);
    else onOpen(entry);
  };
  const move = (to: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!row) return;
    setActive(row.entry.path);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[at];
    if (!row) return;
    const isOpen = opened.has(row.entry.path);
    const actions: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      PageDown: () => move(at + 15),
      PageUp: () => move(at - 15),
      ArrowRight: () => (row.entry.type === "dir" && !isOpen ? toggle(row.entry.path) : move(at + 1)),
      ArrowLeft: () => (isOpen ? toggle(row.entry.path) : move(rows.findIndex((one) => one.entry.path === parentsOf(row.entry.path).at(-1)))),
      Enter: () => choose(row.entry),
      " ": () => choose(row.entry),
    };
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const failed = answers.find((answer) => answer.error);
  if (failed) return <Trouble error={failed.error} onRetry={() => void failed.refetch()} />;
  if (rows.length === 0) return answers[0]?.isPending ? <Waiting /> : <p className="p-4 text-soft">{texts.workspace.emptyTree}</p>;
  return (
    <div
      ref={scroller}
      role="tree"
      tabIndex={0}
      aria-label={texts.workspace.tree}
      aria-activedescendant={`row-${at}`}
      onKeyDown={onKeyDown}
      className="group -outline-offset-2 h-[calc(100dvh-14rem)] min-h-64 overflow-auto py-1"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const { entry, depth } = row;
          const folder = entry.type === "dir";
          return (
            <div
              key={item.key}
              id={`row-${item.index}`}
              role="treeitem"
              aria-level={depth + 1}
              aria-setsize={row.size}
              aria-posinset={row.position}
              aria-expanded={folder ? opened.has(entry.path) : undefined}
              aria-selected={entry.path === selected}
              onClick={() => choose(entry)}
              title={entry.path}
              className={`row absolute inset-x-1 top-0 cursor-pointer gap-1.5 rounded px-1.5 text-[0.8125rem] hover:bg-hover aria-selected:bg-accent-soft aria-selected:text-accent ${item.index === at ? "group-focus-visible:outline-2 group-focus-visible:-outline-offset-2 group-focus-visible:outline-accent" : ""}`}
              style={{ height: HEIGHT, transform: `translateY(${item.start}px)`, paddingInlineStart: `${depth * 0.875 + 0.375}rem` }}
            >
              <span aria-hidden="true" className="w-3 shrink-0 text-center text-2xs text-faint">
                {folder ? (opened.has(entry.path) ? "▾" : "▸") : ""}
              </span>
              <span className={`truncate ${folder ? "font-medium" : ""}`} dir="auto">{entry.name}</span>
              {entry.type === "symlink" && <span className="truncate text-2xs text-faint">→ {entry.target}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
