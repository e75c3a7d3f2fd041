import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { texts } from "../texts.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { Trouble } from "./States.tsx";

interface Props {
  title: string; // what is done; also what the button says
  about?: string; // what it is done to, for those who do not see where the button stands
  hint: string; // what comes of it, and how it is undone
  danger?: boolean;
  onGo: () => Promise<unknown>;
}

/** A button for what should not be done by a slip: a dialog says what comes of it first. */
export function Confirm({ title, about, hint, danger = false, onGo }: Props) {
  const [open, setOpen] = useState(false);
  const going = useMutation({ mutationFn: onGo, onSuccess: () => setOpen(false) });
  return (
    <>
      <Button look={danger ? "danger" : "plain"} data-confirm={title} aria-label={about ? `${title}: ${about}` : undefined} onClick={() => (going.reset(), setOpen(true))}>
        {title}
      </Button>
      <Dialog title={about ? `${title}: ${about}` : title} open={open} onClose={() => setOpen(false)}>
        <p>{hint}</p>
        {going.error && <Trouble error={going.error} />}
        <div className="row mt-4 justify-end">
          <Button onClick={() => setOpen(false)}>{texts.cancel}</Button>
          <Button look={danger ? "danger" : "primary"} data-go busy={going.isPending} onClick={() => going.mutate()}>{title}</Button>
        </div>
      </Dialog>
    </>
  );
}
