import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { actionRunsOf, works } from "./queries.ts";
import { RunView } from "./RunView.tsx";

const words = texts.items;
const FILES = 20;

/** One item: what it is about, an agent to work on it, and what came of that. */
export function Item({ item }: { item: Shapes["ActionItem"] }) {
  const client = useQueryClient();
  const runs = useQuery(actionRunsOf(item.id));
  const starting = useMutation({
    mutationFn: () =>
      ask(api.POST("/v1/action-items/{item_id}/runs", { params: { path: { item_id: item.id } }, body: { force: (runs.data?.length ?? 0) > 0 } })),
    onSuccess: () => client.invalidateQueries({ queryKey: actionRunsOf(item.id).queryKey }),
  });
  const dismissing = useMutation({
    mutationFn: () => ask(api.POST("/v1/action-items/{item_id}/dismiss", { params: { path: { item_id: item.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.needs }),
  });
  const files = item.action_data?.affected_files ?? [];
  const params = { projectId: item.project_id, workspaceId: item.workspace_id };
  const working = runs.data?.some(works) ?? false;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Section title={item.title}>
        <div className="space-y-2 px-3 py-2.5">
          <p className="text-xs text-soft" dir="auto">{words.type[item.type]} · {item.workspace_name}</p>
          {item.description && <p className="break-words whitespace-pre-wrap" dir="auto">{item.description}</p>}
          {files.length > 0 && (
            <ul aria-label={words.files} className="text-xs">
              {files.slice(0, FILES).map((path) => (
                <li key={path}>
                  <Link
                    to="/projects/$projectId/workspaces/$workspaceId"
                    params={params}
                    search={{ view: "files", path }}
                    className="font-mono break-all text-accent underline"
                    dir="ltr"
                  >
                    {path}
                  </Link>
                </li>
              ))}
              {files.length > FILES && <li className="text-soft">{texts.sync.others(files.length - FILES)}</li>}
            </ul>
          )}
          {item.action_type === "sync" && (
            <Link to="/projects/$projectId/workspaces/$workspaceId/sync" params={params} className="text-accent underline">
              {item.action_label}
            </Link>
          )}
          <div className="row flex-wrap justify-end">
            <Button look="quiet" data-dismiss busy={dismissing.isPending} title={texts.home.dismissHint} onClick={() => dismissing.mutate()}>
              {texts.home.dismiss}
            </Button>
            {item.action_type !== "sync" && (
              <Button look="primary" data-run busy={starting.isPending} disabled={working} onClick={() => starting.mutate()}>
                {runs.data?.length ? words.runAgain : words.run}
              </Button>
            )}
          </div>
        </div>
        {starting.error && <Trouble error={starting.error} />}
        {dismissing.error && <Trouble error={dismissing.error} />}
      </Section>
      {item.action_type !== "sync" && (
        <Loaded query={runs}>
          {(found) =>
            found.length === 0 ? (
              <Section title={words.runs}><Empty title={words.noRuns}>{words.noRunsHint}</Empty></Section>
            ) : (
              found.map((run) => <RunView key={run.id} run={run} />)
            )
          }
        </Loaded>
      )}
    </div>
  );
}
