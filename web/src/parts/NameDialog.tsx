import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { texts } from "../texts.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { Field } from "./Field.tsx";
import { Trouble } from "./States.tsx";

interface Props {
  title: string; // also what the button says
  name?: string; // what it is called now
  hint?: string;
  onSave: (name: string) => Promise<unknown>;
}

/** A button, and behind it a dialog that asks what something shall be called. */
export function NameDialog({ title, name = "", hint, onSave }: Props) {
  const [draft, setDraft] = useState<string>(); // while it is open
  const saving = useMutation({ mutationFn: onSave, onSuccess: () => setDraft(undefined) });
  const text = draft?.trim() ?? "";
  return (
    <>
      <Button look="quiet" data-name={title} onClick={() => (saving.reset(), setDraft(name))}>{title}</Button>
      <Dialog title={title} open={draft !== undefined} onClose={() => setDraft(undefined)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saving.mutate(text);
          }}
        >
          <Field label={texts.home.projectName} name="name" dir="auto" value={draft ?? ""} onChange={(event) => setDraft(event.target.value)} required hint={hint} />
          {saving.error && <Trouble error={saving.error} />}
          <div className="row mt-4 justify-end">
            <Button onClick={() => setDraft(undefined)}>{texts.cancel}</Button>
            <Button look="primary" type="submit" busy={saving.isPending} disabled={!text || text === name}>{texts.save}</Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
