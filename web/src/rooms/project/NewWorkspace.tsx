import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Dialog } from "../../parts/Dialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.project;

export function NewWorkspace({ projectId, open, onClose }: { projectId: string; open: boolean; onClose: () => void }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/projects/{project_id}/workspaces", {
          params: { path: { project_id: projectId } },
          body: { name, type: "cloud", identifier: name },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(projectId) });
      onClose();
    },
  });
  return (
    <Dialog title={words.newWorkspace} open={open} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Field label={texts.home.projectName} value={name} onChange={(event) => setName(event.target.value)} maxLength={200} required autoFocus hint={words.newWorkspaceHint} />
        {making.error && <Trouble error={making.error} />}
        <div className="row mt-4 justify-end">
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button look="primary" type="submit" busy={making.isPending} disabled={!name.trim()}>
            {words.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
