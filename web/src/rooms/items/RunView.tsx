import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button, Spinner } from "../../parts/Button.tsx";
import { Patch } from "../../parts/Code.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { Section } from "../../parts/Section.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { works, type ActionRun } from "./queries.ts";

const words = texts.items;
const TONES: Record<ActionRun["status"], Tone> = { queued: "plain", running: "accent", ready: "good", failed: "bad", applied: "good" };

/** What an agent made of an item: its report, how the checks judged it, the difference, and the button that applies it. */
export function RunView({ run }: { run: ActionRun }) {
  return (
    <Section title={words.oneRun} actions={<Badge tone={TONES[run.status]}>{words.status[run.status]}</Badge>}>
      <div role="status" className="px-3 py-2 text-soft empty:hidden">
        {works(run) && (
          <span className="row">
            <Spinner />
            {words.attempts(run.max_attempts ?? 1)}
          </span>
        )}
      </div>
      {run.error && <p role="alert" className="bg-bad-soft px-3 py-2 break-words text-bad" dir="auto">{run.error}</p>}
      {(run.report ?? run.summary) && <div className="px-3 py-2"><Prose text={run.report ?? run.summary ?? ""} /></div>}
      {run.checks?.map((check, index) => <CheckView key={index} check={check} />)}
      {run.patch && (
        <div className="border-t border-line">
          <Patch text={run.patch} label={words.patch} />
        </div>
      )}
      {run.status === "ready" && <Applying run={run} />}
    </Section>
  );
}

function CheckView({ check }: { check: Shapes["Check"] }) {
  return (
    <details className="border-t border-line px-3 py-1.5">
      <summary>
        <Badge tone={check.success ? "good" : "bad"}>{check.success ? words.passed : words.failed}</Badge>{" "}
        <code className="break-all" dir="ltr">{check.command}</code>
      </summary>
      <pre tabIndex={0} aria-label={check.command} className="mt-1 max-h-60 overflow-auto rounded bg-sunken p-2" dir="ltr">{check.output ?? texts.none}</pre>
    </details>
  );
}

function Applying({ run }: { run: ActionRun }) {
  const [redeploy, setRedeploy] = useState(false);
  const client = useQueryClient();
  const applying = useMutation({
    mutationFn: () =>
      ask(api.POST("/v1/action-items/runs/{run_id}/apply", { params: { path: { run_id: run.id } }, body: { redeploy } })),
    onSuccess: () =>
      Promise.all([client.invalidateQueries({ queryKey: keys.needs }), client.invalidateQueries({ queryKey: keys.workspace(run.workspace_id) })]),
  });
  return (
    <div className="border-t border-line px-3 py-2">
      {applying.error && <Trouble error={applying.error} />}
      <div className="row flex-wrap justify-end">
        <p className="me-auto text-xs text-soft">{words.applyHint}</p>
        <label className="row min-h-8">
          <input type="checkbox" data-redeploy checked={redeploy} onChange={(event) => setRedeploy(event.target.checked)} />
          {words.redeploy}
        </label>
        <Button look="primary" data-apply busy={applying.isPending} onClick={() => applying.mutate()}>{words.apply}</Button>
      </div>
      {applying.data?.deployment_id && (
        <p role="status">
          <Link to="/projects/$projectId/deployments" params={{ projectId: run.project_id }} search={{ workspace: run.workspace_id }} className="text-accent underline">
            {words.toDeployment}
          </Link>
        </p>
      )}
    </div>
  );
}
