import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Dialog } from "../../parts/Dialog.tsx";
import { Hash } from "../../parts/Hash.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.workspace;

/** Go to a snapshot. What was not saved is saved first, and the way back is the snapshot that we came from. */
export function Restore({ workspaceId, snapshotId }: { workspaceId: string; snapshotId: string }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const restoring = useMutation({
    mutationFn: (to: string) =>
      ask(api.POST("/v1/workspaces/{workspace_id}/restore", { params: { path: { workspace_id: workspaceId } }, body: { snapshot_id: to } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workspace(workspaceId) }),
  });
  const previous = restoring.data?.previous_snapshot_id;
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>{words.restore}</Button>
      <Dialog title={words.restore} open={open} onClose={() => (setOpen(false), restoring.reset())}>
        {restoring.data ? (
          <div role="status">
            <p>
              {words.restored} <Hash value={restoring.data.snapshot_id} />
            </p>
            {previous && (
              <div className="row mt-3 justify-end">
                <Button onClick={() => restoring.mutate(previous)}>{words.undo}</Button>
              </div>
            )}
          </div>
        ) : (
          <>
            <p>{words.restoreHint}</p>
            <div className="row mt-4 justify-end">
              <Button onClick={() => setOpen(false)}>{texts.cancel}</Button>
              <Button look="primary" busy={restoring.isPending} onClick={() => restoring.mutate(snapshotId)}>{words.restore}</Button>
            </div>
          </>
        )}
        {restoring.error && <Trouble error={restoring.error} />}
      </Dialog>
    </>
  );
}
