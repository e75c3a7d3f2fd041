import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { Shapes } from "../../api/client.ts";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { shortOf } from "../../parts/short.ts";
import { texts } from "../../texts.ts";
import { blameOf } from "./queries.ts";

type BlamedLine = Shapes["BlamedLine"];
const FROM = "/projects/$projectId/workspaces/$workspaceId";

/** Who brought each line, and the turn of an agent behind it. */
export function Blame({ snapshotId, path }: { snapshotId: string; path: string }) {
  const query = useQuery(blameOf(snapshotId, path));
  return (
    <Loaded query={query}>
      {(lines) => (lines.length === 0 ? <Empty title={texts.workspace.emptyFile} /> : <BlamedLines lines={lines} path={path} />)}
    </Loaded>
  );
}

function BlamedLines({ lines, path }: { lines: readonly BlamedLine[]; path: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => 22, overscan: 30 });
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={path} dir="ltr" className="h-[calc(100dvh-16.5rem)] min-h-60 overflow-auto py-1 text-xs">
      <div className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          const first = lines[item.index - 1]?.snapshot_id !== line.snapshot_id || lines[item.index - 1]?.message_id !== line.message_id;
          return (
            <div key={item.key} className={`absolute inset-x-0 top-0 flex h-[22px] items-center ${first ? "border-t border-line" : ""}`} style={{ transform: `translateY(${item.start}px)` }}>
              <span className="sticky start-0 flex h-full w-40 shrink-0 items-center gap-1.5 bg-sunken px-2 sm:w-72">{first && <Source line={line} />}</span>
              <span className="w-11 shrink-0 pe-2 text-end font-mono text-faint select-none">{line.line}</span>
              <span className="pe-4 font-mono whitespace-pre">{line.text}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Source({ line }: { line: BlamedLine }) {
  const { projectId, workspaceId } = useParams({ from: FROM });
  const said = line.prompt ?? (line.author_name || shortOf(line.snapshot_id));
  return (
    <>
      {line.conversation_id ? (
        <Link
          to="/projects/$projectId/conversations/$conversationId"
          params={{ projectId, conversationId: line.conversation_id }}
          className="min-w-0 flex-1 truncate text-accent hover:underline"
          title={said}
        >
          “{said}”
        </Link>
      ) : (
        <Link
          to={FROM}
          params={{ projectId, workspaceId }}
          search={{ snapshot: line.snapshot_id, path: line.path, blame: true }}
          className="min-w-0 flex-1 truncate text-soft hover:underline"
          title={line.snapshot_id}
        >
          {said}
        </Link>
      )}
      <Time at={line.at} className="text-2xs text-faint" />
    </>
  );
}
