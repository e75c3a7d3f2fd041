import type { ReactNode } from "react";

/** What a link of `Tabs` looks like; the one that is shown has `aria-current="page"`. */
export const TAB =
  "-mb-px shrink-0 border-b-2 border-transparent px-3 py-1.5 text-soft hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink";

/** Links to the views of one thing, each with an address of its own. */
export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="mb-3 flex flex-wrap gap-x-1 border-b border-line">
      {children}
    </nav>
  );
}
