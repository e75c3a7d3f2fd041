import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Dialog } from "../../parts/Dialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.workspace;

/** Give a snapshot a name. */
export function Tagging({ projectId, snapshotId }: { projectId: string; snapshotId: string }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const client = useQueryClient();
  const naming = useMutation({
    mutationFn: () =>
      ask(api.POST("/v1/projects/{project_id}/tags", { params: { path: { project_id: projectId } }, body: { name, snapshot_id: snapshotId } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(projectId, "tags") });
      setOpen(false);
    },
  });
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>{words.tag}</Button>
      <Dialog title={words.tag} open={open} onClose={() => setOpen(false)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            naming.mutate();
          }}
        >
          <Field label={texts.home.projectName} value={name} onChange={(event) => setName(event.target.value)} required autoFocus hint={words.tagHint} />
          {naming.error && <Trouble error={naming.error} />}
          <div className="row mt-4 justify-end">
            <Button onClick={() => setOpen(false)}>{texts.cancel}</Button>
            <Button look="primary" type="submit" busy={naming.isPending} disabled={!name.trim()}>{texts.save}</Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
