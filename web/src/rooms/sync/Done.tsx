import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Hash } from "../../parts/Hash.tsx";
import { Section } from "../../parts/Section.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.sync;

/** What a sync has done, and the way back. */
export function Done({ workspaceId, result, onAgain }: { workspaceId: string; result: Shapes["Executed"]; onAgain: () => void }) {
  const params = useParams({ from: "/projects/$projectId/workspaces/$workspaceId/sync" });
  const client = useQueryClient();
  const undoing = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/workspaces/{workspace_id}/sync/undo", {
          params: { path: { workspace_id: workspaceId } },
          body: { snapshot_id: result.snapshot_before_id },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workspace(workspaceId) }),
  });
  return (
    <Section title={undoing.data ? words.undone : words.done}>
      <div className="space-y-3 px-3 py-3">
        <div role="status">
          {undoing.data ? (
            <p>
              {words.backAt} {undoing.data.restored_snapshot_id && <Hash value={undoing.data.restored_snapshot_id} />}
            </p>
          ) : (
            <p>
              {words.counts(result.files_added, result.files_updated, result.files_deleted)} {result.snapshot_id && <Hash value={result.snapshot_id} />}
            </p>
          )}
          {result.source_moved && <p className="mt-1 text-warn">{words.moved}</p>}
          {(result.errors ?? []).map((text) => (
            <p key={text} className="mt-1 text-bad">{text}</p>
          ))}
        </div>
        {undoing.error && <Trouble error={undoing.error} />}
        <div className="row flex-wrap">
          {!undoing.data && <Button data-undo busy={undoing.isPending} onClick={() => undoing.mutate()}>{words.undo}</Button>}
          <Button onClick={onAgain}>{words.again}</Button>
          <Link to="/projects/$projectId/workspaces/$workspaceId" params={params} search={{ view: "history" }} className="text-accent underline">
            {texts.workspace.view.history}
          </Link>
        </div>
      </div>
    </Section>
  );
}
