import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Page } from "../../parts/Page.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { workspaceOf } from "../workspace/queries.ts";
import { Done } from "./Done.tsx";
import { Drift } from "./Drift.tsx";
import { Preview } from "./Preview.tsx";
import { comparisonOf } from "./queries.ts";

const words = texts.sync;

/** From what differs, over what a sync would do and the decisions it needs, to the sync and its undoing. */
export function Sync() {
  const { workspaceId } = useParams({ from: "/projects/$projectId/workspaces/$workspaceId/sync" });
  const client = useQueryClient();
  const workspace = useQuery(workspaceOf(workspaceId));
  const comparison = useQuery(comparisonOf(workspaceId));
  const path = { workspace_id: workspaceId };
  const preparing = useMutation({
    mutationFn: async () => (await ask(api.POST("/v1/workspaces/{workspace_id}/sync/prepare", { params: { path }, body: {} }))).preview,
  });
  const executing = useMutation({
    mutationFn: (chosen: { decisions: Record<string, string>; custom: Record<string, string> }) =>
      ask(
        api.POST("/v1/workspaces/{workspace_id}/sync/execute", {
          params: { path },
          body: { preview_id: preparing.data?.id ?? "", decisions: chosen.decisions as never, custom_values: chosen.custom as never },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workspace(workspaceId) }),
  });
  const startAgain = () => {
    executing.reset();
    preparing.reset();
    void comparison.refetch();
  };
  const name = workspace.data?.workspace.name;
  return (
    <Page
      title={name ? `${words.title}: ${name}` : words.title}
      actions={
        !executing.data && (
          <Button data-prepare look={preparing.data ? "plain" : "primary"} busy={preparing.isPending} onClick={() => (executing.reset(), preparing.mutate())}>
            {preparing.data ? words.prepareAgain : words.prepare}
          </Button>
        )
      }
    >
      {preparing.error && <Trouble error={preparing.error} onRetry={() => preparing.mutate()} />}
      {executing.error && <Trouble error={executing.error} />}
      {executing.data ? (
        <Done workspaceId={workspaceId} result={executing.data} onAgain={startAgain} />
      ) : preparing.data ? (
        <Preview key={preparing.data.id} preview={preparing.data} busy={executing.isPending} onExecute={(decisions, custom) => executing.mutate({ decisions, custom })} />
      ) : (
        <Loaded query={comparison}>
          {({ drift, is_main_workspace: isMain, message }) =>
            drift ? <Drift drift={drift} /> : <Empty title={isMain ? words.isMain : words.nothing}>{message}</Empty>
          }
        </Loaded>
      )}
    </Page>
  );
}
