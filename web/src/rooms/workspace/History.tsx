import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Hash } from "../../parts/Hash.tsx";
import { Section } from "../../parts/Section.tsx";
import { Trouble, Waiting } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { graphOf, type GraphRow } from "./graph.ts";
import { historyOf, tagsOf } from "./queries.ts";
import { Restore, Restored, useRestoring } from "./Restore.tsx";
import { Tag, Tagging } from "./Tagging.tsx";

const words = texts.workspace;
const FROM = "/projects/$projectId/workspaces/$workspaceId";
const LANE = 14;
type Snapshot = Shapes["ListedSnapshot"];

/** The snapshots that the head stands on, as a graph; each can be looked at, compared, named and gone back to. */
export function History({ workspace }: { workspace: Shapes["Workspace"] }) {
  const query = useInfiniteQuery(historyOf(workspace.id));
  const tags = useQuery(tagsOf(workspace.project_id));
  const snapshots = useMemo(() => query.data?.pages.flatMap((page) => page.snapshots) ?? [], [query.data]);
  const graph = useMemo(() => graphOf(snapshots.map((one) => ({ id: one.id, parents: one.parent_snapshot_ids }))), [snapshots]);
  const restoring = useRestoring(workspace.id);
  const width = Math.max(1, ...graph.map((row) => row.width)) * LANE;
  if (query.error) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting />;
  return (
    <Section title={words.view.history}>
      <Restored restoring={restoring} />
      <ol>
        {snapshots.map((one, at) => (
          <Row
            key={one.id}
            snapshot={one}
            workspace={workspace}
            row={graph[at]}
            width={width}
            onRestore={(id) => restoring.mutate(id)}
            tags={(tags.data ?? []).filter((tag) => tag.snapshot_id === one.id).map((tag) => tag.name)}
          />
        ))}
      </ol>
      {query.hasNextPage && (
        <div className="p-2 text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{texts.more}</Button>
        </div>
      )}
    </Section>
  );
}

interface RowProps {
  snapshot: Snapshot;
  workspace: Shapes["Workspace"];
  row: GraphRow | undefined;
  width: number;
  tags: readonly string[];
  onRestore: (snapshotId: string) => void;
}

function Row({ snapshot, workspace, row, width, tags, onRestore }: RowProps) {
  const params = { projectId: workspace.project_id, workspaceId: workspace.id };
  const current = snapshot.id === workspace.current_snapshot_id;
  const parent = snapshot.parent_snapshot_id;
  return (
    <li className="flex items-stretch border-b border-line last:border-0">
      <div className="relative shrink-0" style={{ width: width + 10 }}>{row && <Lanes row={row} width={width} />}</div>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 py-2 pe-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="row">
            <Link to={FROM} params={params} search={{ view: "files", snapshot: snapshot.id }} className="min-w-0 truncate font-medium hover:underline" dir="auto">
              {snapshot.summary ?? words.untitled}
            </Link>
            {current && <Badge tone="accent">{words.head}</Badge>}
            {tags.map((tag) => (
              <Tag key={tag} projectId={workspace.project_id} name={tag} />
            ))}
          </p>
          <p className="row text-xs text-soft">
            <Hash value={snapshot.id} />
            {snapshot.author_name && <span className="truncate" dir="auto">{snapshot.author_name}</span>}
            <Badge>{snapshot.source}</Badge>
            <Time at={snapshot.created_at} className="text-faint" />
          </p>
        </div>
        <div className="row">
          {parent && (
            <Link to={FROM} params={params} search={{ view: "compare", from: parent, to: snapshot.id }} className="rounded px-2 py-1 text-xs text-soft hover:bg-hover hover:text-ink">
              {words.changes}
            </Link>
          )}
          <Tagging projectId={workspace.project_id} snapshotId={snapshot.id} />
          {!current && <Restore onRestore={() => onRestore(snapshot.id)} />}
        </div>
      </div>
    </li>
  );
}

function Lanes({ row, width }: { row: GraphRow; width: number }) {
  const x = (lane: number) => lane * LANE + LANE / 2 + 4;
  const line = (key: string, x1: number, y1: string, x2: number, y2: string) => (
    <line key={key} x1={x1} y1={y1} x2={x2} y2={y2} className="stroke-line-strong" strokeWidth="1.5" />
  );
  return (
    <svg aria-hidden="true" className="absolute inset-y-0 start-0 h-full" width={width + 10}>
      {row.passing.map((lane) => line(`p${lane}`, x(lane), "0", x(lane), "100%"))}
      {row.from.map((lane) => line(`f${lane}`, x(lane), "0", x(row.lane), "50%"))}
      {row.to.map((lane) => line(`t${lane}`, x(row.lane), "50%", x(lane), "100%"))}
      <circle cx={x(row.lane)} cy="50%" r="4" className="fill-accent" />
    </svg>
  );
}
