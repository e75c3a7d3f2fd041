import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { workspaceList } from "../../frame/queries.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { forecastOf } from "../home/queries.ts";
import { places } from "./constellation.ts";
import { NewWorkspace } from "./NewWorkspace.tsx";

const words = texts.project;
const SHOWN = 24;
type Workspace = Shapes["WorkspaceWithDrift"];
type Pair = Shapes["ForecastPair"];
const TO = "/projects/$projectId/workspaces/$workspaceId";

export function Workspaces({ projectId }: { projectId: string }) {
  const query = useQuery(workspaceList(projectId));
  const { data: forecast } = useQuery(forecastOf(projectId));
  const [making, setMaking] = useState(false);
  return (
    <Section title={words.workspaces} actions={<Button data-new-workspace onClick={() => setMaking(true)}>{words.newWorkspace}</Button>}>
      <Loaded query={query}>
        {(workspaces) =>
          workspaces.length === 0 ? (
            <Empty title={words.noWorkspaces}>
              <code>asterism push</code> {words.noWorkspacesHint}
            </Empty>
          ) : (
            <>
              {workspaces.length > 1 && <Constellation workspaces={workspaces} pairs={forecast?.pairs ?? []} />}
              <ul>
                {workspaces.map((one) => (
                  <Row key={one.id} workspace={one} pairs={forecast?.pairs ?? []} />
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
      <NewWorkspace projectId={projectId} open={making} onClose={() => setMaking(false)} />
    </Section>
  );
}

function pairWithMain(workspace: Workspace, pairs: readonly Pair[], main: Workspace | undefined): Pair | undefined {
  if (!main) return undefined;
  return pairs.find((pair) => [pair.a, pair.b].includes(workspace.id) && [pair.a, pair.b].includes(main.id));
}

function Constellation({ workspaces, pairs }: { workspaces: readonly Workspace[]; pairs: readonly Pair[] }) {
  const main = workspaces.find((one) => one.is_main);
  const shown = [...(main ? [main] : []), ...workspaces.filter((one) => !one.is_main)].slice(0, SHOWN);
  const found = places(shown.map((one) => ({ id: one.id, main: one.is_main, drift: one.drift?.total_drift_files ?? 0 })));
  return (
    <div aria-hidden="true" className="relative h-48 overflow-hidden border-b border-line bg-sunken sm:h-64">
      <svg className="absolute inset-0 size-full">
        {shown.map((one, index) => {
          const at = found[index];
          const pair = pairWithMain(one, pairs, main);
          if (!at || one.is_main || !main) return null;
          const colour = pair ? (pair.clean ? "text-good" : "text-bad") : "text-line-strong";
          return (
            <line
              key={one.id}
              x1="50%"
              y1="50%"
              x2={`${at.x}%`}
              y2={`${at.y}%`}
              className={`stroke-current ${colour}`}
              strokeWidth="1.5"
              strokeDasharray={pair && !pair.clean ? "4 3" : undefined}
            />
          );
        })}
      </svg>
      {shown.map((one, index) => (
        <Link
          key={one.id}
          tabIndex={-1}
          to={TO}
          params={{ projectId: one.project_id, workspaceId: one.id }}
          className="absolute flex max-w-20 sm:max-w-28 -translate-x-1/2 -translate-y-1.5 flex-col items-center gap-0.5 text-2xs"
          style={{ left: `${found[index]?.x ?? 50}%`, top: `${found[index]?.y ?? 50}%` }}
        >
          <span className={`rounded-full ${one.is_main ? "size-4 bg-accent ring-4 ring-accent-soft" : "size-3 border-2 border-accent bg-raised"}`} />
          <span className="max-w-full truncate rounded bg-sunken px-1" dir="auto">{one.name}</span>
        </Link>
      ))}
    </div>
  );
}

function Row({ workspace, pairs }: { workspace: Workspace; pairs: readonly Pair[] }) {
  const params = { projectId: workspace.project_id, workspaceId: workspace.id };
  const clashes = pairs.filter((pair) => !pair.clean && [pair.a, pair.b].includes(workspace.id));
  const drift = workspace.drift?.total_drift_files ?? 0;
  const tone: Tone = workspace.drift?.risk_level === "high" ? "bad" : workspace.drift?.risk_level === "medium" ? "warn" : "plain";
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <Link to={TO} params={params} className="min-w-0 flex-1 basis-40 truncate font-medium hover:underline" dir="auto">
        {workspace.name}
      </Link>
      {workspace.is_main && <Badge tone="accent">{words.main}</Badge>}
      {workspace.dirty && <Badge title={words.dirtyHint}>{words.dirty}</Badge>}
      {clashes.length > 0 && <Badge tone="bad">{words.clashes(clashes.length)}</Badge>}
      {drift > 0 && !workspace.is_main && (
        <Link to="/projects/$projectId/workspaces/$workspaceId/sync" params={params} title={workspace.drift?.summary ?? undefined}>
          <Badge tone={tone}>{words.drift(drift)}</Badge>
        </Link>
      )}
      <Time at={workspace.last_seen_at ?? workspace.created_at} className="text-xs text-faint" />
    </li>
  );
}
