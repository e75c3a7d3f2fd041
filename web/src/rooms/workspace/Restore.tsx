import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Dialog } from "../../parts/Dialog.tsx";
import { Hash } from "../../parts/Hash.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.workspace;
type Restoring = UseMutationResult<Shapes["Restored"], Error, string>;

export function useRestoring(workspaceId: string): Restoring {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (to: string) =>
      ask(api.POST("/v1/workspaces/{workspace_id}/restore", { params: { path: { workspace_id: workspaceId } }, body: { snapshot_id: to } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workspace(workspaceId) }),
  });
}

/** Go to a snapshot. What was not saved is saved first. */
export function Restore({ onRestore }: { onRestore: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" data-restore onClick={() => setOpen(true)}>{words.restore}</Button>
      <Dialog title={words.restore} open={open} onClose={() => setOpen(false)}>
        <p>{words.restoreHint}</p>
        <div className="row mt-4 justify-end">
          <Button onClick={() => setOpen(false)}>{texts.cancel}</Button>
          <Button look="primary" data-go onClick={() => (setOpen(false), onRestore())}>{words.restore}</Button>
        </div>
      </Dialog>
    </>
  );
}

/** Where the workspace went, and the way back to where it came from. */
export function Restored({ restoring }: { restoring: Restoring }) {
  if (restoring.error) return <Trouble error={restoring.error} />;
  if (!restoring.data) return null;
  const previous = restoring.data.previous_snapshot_id;
  return (
    <p role="status" className="row flex-wrap border-b border-line bg-good-soft px-3 py-2 text-good">
      {words.restored} <Hash value={restoring.data.snapshot_id} />
      {previous && (
        <Button data-undo className="ms-auto" busy={restoring.isPending} onClick={() => restoring.mutate(previous)}>
          {words.undo}
        </Button>
      )}
    </p>
  );
}
