import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { useFolded } from "../../log/useFolded.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Confirm } from "../../parts/Confirm.tsx";
import { Hash } from "../../parts/Hash.tsx";
import { Log } from "../../parts/Log.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { texts } from "../../texts.ts";
import { addressOf } from "./address.ts";
import { TONES } from "./Deployments.tsx";
import { logStreamOf, type Deployment } from "./queries.ts";
import { heard, NOTHING_SAID } from "./saying.ts";

const words = texts.deployments;
const FROM = "/projects/$projectId/deployments";

/** One deployment: where it runs, what it said, why it failed, and how to go back to it. */
export function DeploymentView({ deployment, others }: { deployment: Deployment; others: readonly Deployment[] }) {
  const { other = "" } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const said = useFolded(logStreamOf(deployment.id), NOTHING_SAID, heard);
  const comparable = others.filter((one) => one.id !== deployment.id);
  const href = addressOf(deployment.url);
  return (
    <Section title={words.one} actions={deployment.status === "success" && others[0]?.id !== deployment.id && <Rollback deployment={deployment} />}>
      <div className="space-y-2 px-3 py-2.5">
        <div className="row flex-wrap">
          <Badge tone={TONES[deployment.status]}>{words.status[deployment.status]}</Badge>
          {href && deployment.status === "success" && (
            <a href={href} target="_blank" rel="noreferrer noopener" className="min-w-0 truncate text-accent underline" dir="ltr">
              {deployment.url}
            </a>
          )}
          <span className="ms-auto"><Hash value={deployment.manifest_hash} /></span>
        </div>
        {deployment.plan && <PlanView plan={deployment.plan} />}
        {comparable.length > 0 && (
          <Select
            label={words.compare}
            value={comparable.some((one) => one.id === other) ? other : ""}
            choices={[{ value: "", label: words.chooseOther }, ...comparable.map((one) => ({ value: one.id, label: nameOf(one) }))]}
            onChange={(event) => void navigate({ search: (old) => ({ ...old, deployment: deployment.id, other: event.target.value || undefined }) })}
          />
        )}
      </div>
      {deployment.error && (
        <p role="alert" className="border-t border-line bg-bad-soft px-3 py-2 break-words text-bad" dir="auto">{deployment.error}</p>
      )}
      {deployment.cause && <Cause deployment={deployment} cause={deployment.cause} />}
      <div className="border-t border-line">
        <Log label={words.log} lines={said.lines} live={deployment.status === "deploying" || (!said.ended && said.lines.length === 0)} />
      </div>
    </Section>
  );
}

export function nameOf(deployment: Deployment): string {
  return `${deployment.id.slice(-8)} · ${words.status[deployment.status]} · ${new Date(deployment.started_at).toLocaleString(texts.language)}`;
}

function PlanView({ plan }: { plan: Shapes["Plan"] }) {
  const parts = [
    [words.runtime, plan.runtime],
    [words.build, plan.build],
    [words.start, plan.start],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
      {parts.map(([name, value]) => value && (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="font-mono break-all" dir="ltr">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The line of the project that a failure names, with a way to it and to an agent who mends it. */
function Cause({ deployment, cause }: { deployment: Deployment; cause: Shapes["FailureCause"] }) {
  const { project_id: projectId, workspace_id: workspaceId, snapshot_id: snapshot } = deployment;
  const place = `${cause.path}:${cause.line}`;
  return (
    <div data-cause className="border-t border-line px-3 py-2.5">
      <p className="row flex-wrap">
        <span className="font-medium">{words.cause}</span>
        {workspaceId && snapshot ? (
          <Link
            to="/projects/$projectId/workspaces/$workspaceId"
            params={{ projectId, workspaceId }}
            search={{ view: "files", snapshot, path: cause.path }}
            className="font-mono text-xs break-all text-accent underline"
            dir="ltr"
          >
            {place}
          </Link>
        ) : (
          <code className="break-all">{place}</code>
        )}
        <Badge>{cause.tool}</Badge>
        <Link to="/projects/$projectId/items" params={{ projectId }} className="ms-auto text-accent underline">{words.toItems}</Link>
      </p>
      <pre tabIndex={0} aria-label={words.cause} className="mt-1.5 overflow-x-auto rounded bg-bad-soft px-2 py-1 text-bad" dir="ltr">{cause.excerpt}</pre>
    </div>
  );
}

function Rollback({ deployment }: { deployment: Deployment }) {
  const client = useQueryClient();
  const navigate = useNavigate({ from: FROM });
  const onGo = async () => {
    await ask(api.POST("/v1/infrastructure/deployments/{deployment_id}/rollback", { params: { path: { deployment_id: deployment.id } } }));
    await client.invalidateQueries({ queryKey: keys.project(deployment.project_id, "deployments") });
    void navigate({ search: (old) => ({ workspace: old.workspace }) });
  };
  return <Confirm title={words.rollback} hint={words.rollbackHint} onGo={onGo} />;
}
