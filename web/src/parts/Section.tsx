import { useId, type ReactNode } from "react";

/** A titled card of a room. */
export function Section({ title, actions, children, className = "" }: { title: string; actions?: ReactNode; children: ReactNode; className?: string }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`card min-w-0 overflow-hidden ${className}`}>
      <div className="row min-h-11 justify-between border-b border-line px-3 py-1">
        <h2 id={id} className="truncate text-[0.8125rem] font-semibold">
          {title}
        </h2>
        {actions && <div className="row flex-wrap justify-end">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
