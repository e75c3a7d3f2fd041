import { useEffect, useId, useRef, type ReactNode } from "react";
import { texts } from "../texts.ts";
import { Button } from "./Button.tsx";

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A modal dialog: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, open, onClose, children, wide = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>("input, textarea, select")?.focus(); // rather than the button that closes it
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
      className={`m-auto max-h-[90dvh] w-[calc(100vw-2rem)] rounded-xl border border-line bg-raised text-ink shadow-2xl ${wide ? "max-w-4xl" : "max-w-lg"}`}
    >
      {open && (
        <div className="p-4">
          <div className="row mb-3 justify-between">
            <h2 id={id} className="truncate text-base font-semibold">
              {title}
            </h2>
            <Button look="quiet" onClick={onClose} aria-label={texts.close}>
              ✕
            </Button>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
