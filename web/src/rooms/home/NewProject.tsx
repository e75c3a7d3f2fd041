import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Dialog } from "../../parts/Dialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

export function NewProject({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: () => ask(api.POST("/v1/projects", { body: { name } })),
    onSuccess: async ({ project }) => {
      await client.invalidateQueries({ queryKey: keys.projects });
      onClose();
      void navigate({ to: "/projects/$projectId", params: { projectId: project.id } });
    },
  });
  return (
    <Dialog title={texts.home.newProject} open={open} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Field label={texts.home.projectName} name="name" value={name} onChange={(event) => setName(event.target.value)} maxLength={200} required autoFocus />
        {making.error && <Trouble error={making.error} />}
        <div className="row mt-4 justify-end">
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button look="primary" type="submit" busy={making.isPending} disabled={!name.trim()}>
            {texts.home.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
