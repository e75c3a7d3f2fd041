import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, ask } from "../../api/client.ts";
import { workspaceList } from "../../frame/queries.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { IssueView } from "../review/IssueView.tsx";
import type { Finding } from "./queries.ts";

const words = texts.findings;

/** A finding with its life: where it is now, what brought it, and the word that it is not wanted. */
export function FindingView({ projectId, finding }: { projectId: string; finding: Finding }) {
  const client = useQueryClient();
  const dismissed = finding.status === "dismissed";
  const params = { path: { finding_id: finding.id } };
  const deciding = useMutation({
    mutationFn: () => ask(dismissed ? api.POST("/v1/findings/{finding_id}/reopen", { params }) : api.POST("/v1/findings/{finding_id}/dismiss", { params })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId, "findings") }),
  });
  return (
    <IssueView
      issue={finding}
      dismissed={dismissed}
      badges={finding.status === "fixed" && <Badge tone="good">{words.standing.fixed}</Badge>}
      actions={
        finding.status !== "fixed" && (
          <Button look="quiet" data-dismiss={dismissed ? "undo" : "do"} busy={deciding.isPending} title={words.dismissHint} onClick={() => deciding.mutate()}>
            {dismissed ? texts.review.restore : texts.review.dismiss}
          </Button>
        )
      }
    >
      <Life projectId={projectId} finding={finding} />
      {deciding.error && <Trouble error={deciding.error} />}
    </IssueView>
  );
}

function Life({ projectId, finding }: { projectId: string; finding: Finding }) {
  const { data: workspaces = [] } = useQuery(workspaceList(projectId));
  const places = workspaces.filter((one) => finding.present_in.includes(one.id));
  const talk = finding.introduced_by?.conversation_id;
  return (
    <p className="mt-2 flex flex-wrap gap-x-3 gap-y-1 text-xs text-soft">
      <span>{words.since} <Time at={finding.created_at} /></span>
      {places.map((one) => (
        <Link
          key={one.id}
          to="/projects/$projectId/workspaces/$workspaceId"
          params={{ projectId, workspaceId: one.id }}
          search={{ view: "files", path: finding.file, blame: true }}
          className="max-w-full truncate text-accent underline"
          dir="auto"
        >
          {words.isIn(one.name)}
        </Link>
      ))}
      {talk && (
        <Link to="/projects/$projectId/conversations/$conversationId" params={{ projectId, conversationId: talk }} className="text-accent underline">{words.broughtBy}</Link>
      )}
    </p>
  );
}
