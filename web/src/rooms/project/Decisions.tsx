import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { decisionsOf } from "./queries.ts";

const words = texts.project;

/** What was decided; decisions whose code has changed since are marked. */
export function Decisions({ projectId }: { projectId: string }) {
  const query = useQuery(decisionsOf(projectId));
  return (
    <Section title={words.decisions}>
      <Loaded query={query}>
        {(decisions) =>
          decisions.length === 0 ? (
            <Empty title={words.noDecisions}>{words.noDecisionsHint}</Empty>
          ) : (
            <ul className="max-h-96 overflow-y-auto" tabIndex={0} aria-label={words.decisions}>
              {decisions.map((one) => (
                <Decision key={one.id} decision={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

function Decision({ decision }: { decision: Shapes["ProjectDecision"] }) {
  const client = useQueryClient();
  const path = { project_id: decision.project_id, decision_id: decision.id };
  const confirming = useMutation({
    mutationFn: () =>
      ask(api.PATCH("/v1/projects/{project_id}/decisions/{decision_id}", { params: { path }, body: { status: "confirmed" } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(decision.project_id, "decisions") }),
  });
  return (
    <li className="border-b border-line px-3 py-2 last:border-0">
      <p className={`break-words ${decision.status === "superseded" ? "text-faint line-through" : ""}`} dir="auto">{decision.decision}</p>
      {decision.rationale && <p className="mt-0.5 text-xs break-words text-soft" dir="auto">{decision.rationale}</p>}
      <div className="row mt-1 flex-wrap text-xs text-faint">
        {decision.stale && (
          <Badge tone="warn" title={(decision.changed ?? []).map((one) => one.path).join("\n")}>
            {words.stale}
          </Badge>
        )}
        {decision.category && <span>{decision.category}</span>}
        <Time at={decision.decided_at} />
        {decision.status !== "superseded" && (decision.stale || decision.status === "active") && (
          <Button look="quiet" className="ms-auto" busy={confirming.isPending} onClick={() => confirming.mutate()}>
            {words.confirm}
          </Button>
        )}
      </div>
      {confirming.error && <Trouble error={confirming.error} />}
    </li>
  );
}
