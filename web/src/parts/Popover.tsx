import { useEffect, useId, useRef, useState, type ReactNode } from "react";

interface Props {
  label: string;
  button: ReactNode;
  buttonClass: string;
  children: ReactNode;
}

/** A panel under a button: closed by Escape, by the button, by a link in it, and when the focus or a click goes elsewhere. */
export function Popover({ label, button, buttonClass, children }: Props) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!place.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    opener.current?.focus();
  };
  const onBlur = ({ relatedTarget }: React.FocusEvent) => {
    if (relatedTarget && !place.current?.contains(relatedTarget)) setOpen(false);
  };
  return (
    <div ref={place} className="relative" onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        ref={opener}
        type="button"
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        className={buttonClass}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div id={id} onClick={(event) => (event.target as Element).closest("a") && setOpen(false)} className="absolute end-0 top-full z-30 mt-1 w-60 rounded-lg border border-line bg-raised p-1.5 shadow-xl">
          {children}
        </div>
      )}
    </div>
  );
}
