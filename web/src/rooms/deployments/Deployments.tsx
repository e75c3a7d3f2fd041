import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { api, ask } from "../../api/client.ts";
import { workspaceList } from "../../frame/queries.ts";
import { keys } from "../../log/keys.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Entry, Listing } from "../../parts/Listing.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { DeploymentView } from "./DeploymentView.tsx";
import { Difference } from "./Difference.tsx";
import { deploymentsOf, type Deployment } from "./queries.ts";
import { Resources } from "./Resources.tsx";
import { Settings } from "./Settings.tsx";
import { Variables } from "./Variables.tsx";

const words = texts.deployments;
const FROM = "/projects/$projectId/deployments";
export const TONES: Record<Deployment["status"], Tone> = { deploying: "accent", success: "good", failed: "bad" };

/** What of a project runs somewhere: deployments of a workspace with log and cause, and what they are made with. */
export function Deployments() {
  const { projectId } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const query = useQuery(workspaceList(projectId));
  return (
    <Loaded query={query}>
      {(workspaces) => {
        const chosen = workspaces.find((one) => one.id === search.workspace) ?? workspaces.find((one) => one.is_main) ?? workspaces[0];
        if (!chosen) {
          return (
            <Page title={words.title}>
              <Empty title={texts.project.noWorkspaces}>
                <code>asterism push</code> {texts.project.noWorkspacesHint}
              </Empty>
            </Page>
          );
        }
        return (
          <Page
            title={words.title}
            actions={
              <Select
                inline
                className="w-44"
                label={texts.palette.workspace}
                value={chosen.id}
                choices={workspaces.map((one) => ({ value: one.id, label: one.name }))}
                onChange={(event) => void navigate({ search: { workspace: event.target.value } })}
              />
            }
          >
            <div key={chosen.id} className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              <History projectId={projectId} workspaceId={chosen.id} />
              <div className="flex min-w-0 flex-col gap-4">
                <Settings workspaceId={chosen.id} />
                <Variables projectId={projectId} />
                <Resources projectId={projectId} />
              </div>
            </div>
          </Page>
        );
      }}
    </Loaded>
  );
}

function History({ projectId, workspaceId }: { projectId: string; workspaceId: string }) {
  const { deployment, other } = useSearch({ from: FROM });
  const query = useQuery(deploymentsOf(projectId, workspaceId));
  const client = useQueryClient();
  const navigate = useNavigate({ from: FROM });
  const deploying = useMutation({
    mutationFn: () => ask(api.POST("/v1/workspaces/{workspace_id}/deploy", { params: { path: { workspace_id: workspaceId } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(projectId, "deployments") });
      void navigate({ search: { workspace: workspaceId } });
    },
  });
  const chosen = query.data?.find((one) => one.id === deployment) ?? query.data?.[0];
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Section
        title={words.list}
        actions={<Button look="primary" data-deploy busy={deploying.isPending} onClick={() => deploying.mutate()}>{words.deploy}</Button>}
      >
        {deploying.error && <Trouble error={deploying.error} />}
        <Loaded query={query}>
          {(deployments) =>
            deployments.length === 0 ? (
              <Empty title={words.none}>{words.noneHint}</Empty>
            ) : (
              <Listing className="max-h-64">
                {deployments.map((one) => (
                  <Row key={one.id} deployment={one} chosen={one.id === chosen?.id} />
                ))}
              </Listing>
            )
          }
        </Loaded>
      </Section>
      {chosen && <DeploymentView key={chosen.id} deployment={chosen} others={query.data ?? []} />}
      {chosen && other && other !== chosen.id && <Difference deployment={chosen} other={other} />}
    </div>
  );
}

function Row({ deployment, chosen }: { deployment: Deployment; chosen: boolean }) {
  return (
    <Entry from={FROM} to="." search={(old) => ({ workspace: old.workspace, deployment: deployment.id })} chosen={chosen}>
      <span className="row min-h-7 flex-wrap">
        <Badge tone={TONES[deployment.status]}>{words.status[deployment.status]}</Badge>
        <span className="min-w-0 flex-1 truncate" dir="auto">
          {deployment.rollback_of ? words.rolledBack : words.trigger[deployment.trigger]}
        </span>
        <Time at={deployment.started_at} className="text-xs text-soft" />
      </span>
    </Entry>
  );
}
