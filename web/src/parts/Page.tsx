import type { ReactNode } from "react";
import { useEffect } from "react";
import { texts } from "../texts.ts";

/** Give the window a title. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
}

/** A room: its title (also the window's), what can be done here, and the rest. */
export function Page({ title, actions, children, wide = false }: { title: string; actions?: ReactNode; children: ReactNode; wide?: boolean }) {
  useTitle(title);
  return (
    <div className={`mx-auto px-3 py-4 md:px-6 md:py-5 ${wide ? "" : "max-w-6xl"}`}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight" dir="auto">
          {title}
        </h1>
        {actions && <div className="row flex-wrap">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
