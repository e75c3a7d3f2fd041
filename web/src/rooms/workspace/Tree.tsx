import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useRef, useState } from "react";
import { Trouble, Waiting } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { HEIGHT, TreeRow } from "./TreeRow.tsx";
import { parentsOf, rowsOf } from "./tree.ts";
import { folderOf, type TreeEntry } from "./queries.ts";

interface Props {
  snapshotId: string;
  selected: string | undefined;
  onOpen: (entry: TreeEntry) => void;
}

/** The tree of a snapshot: folders are asked for when they are opened, rows drawn where they are looked at. */
export function Tree({ snapshotId, selected, onOpen }: Props) {
  const [active, setActive] = useState(selected ?? "");
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set(["", ...parentsOf(selected ?? "")]));
  const { rows, failed, isPending } = useQueries({
    queries: [...opened].map((path) => folderOf(snapshotId, path)),
    combine: useCallback((answers: UseQueryResult<TreeEntry[]>[]) => seenOf([...opened], answers), [opened]),
  });
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

  const onClick = ({ target }: React.MouseEvent) => {
    const place = (target as Element).closest<HTMLElement>("[role=treeitem]");
    const row = place && rows[Number(place.dataset["index"])];
    if (row) choose(row.entry);
  };

  const items = virtual.getVirtualItems();
  const drawn = Math.ceil((items.length + 1) / 64) * 64; // elements that leave above come again below
  if (failed) return <Trouble error={failed.error} onRetry={() => void failed.refetch()} />;
  if (rows.length === 0) return isPending ? <Waiting /> : <p className="p-4 text-soft">{texts.workspace.emptyTree}</p>;
  return (
    <div
      ref={scroller}
      role="tree"
      tabIndex={0}
      aria-label={texts.workspace.tree}
      aria-activedescendant={`row-${at}`}
      onKeyDown={onKeyDown}
      onClick={onClick}
      className="group -outline-offset-2 h-[calc(100dvh-14rem)] min-h-64 overflow-auto py-1"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const { path } = row.entry;
          return <TreeRow key={item.index % drawn} index={item.index} row={row} start={item.start} open={opened.has(path)} selected={path === selected} active={item.index === at} />;
        })}
      </div>
    </div>
  );
}

/** What is to be seen of the folders that are open, made anew only when one of them comes: rows are asked for at each step of scrolling. */
function seenOf(folders: readonly string[], answers: readonly UseQueryResult<TreeEntry[]>[]) {
  return {
    rows: rowsOf(new Map(folders.map((path, at) => [path, answers[at]?.data]))),
    failed: answers.find((answer) => answer.error),
    isPending: answers[0]?.isPending ?? true,
  };
}
