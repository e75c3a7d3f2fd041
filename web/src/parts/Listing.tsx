// A list of things of which one is shown beside it; each is a link, so that what is shown has an address.
import { createLink } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes, type ReactNode } from "react";

export function Listing({ label, children, className = "max-h-[70vh]" }: { label?: string; children: ReactNode; className?: string }) {
  return (
    <ul aria-label={label} className={`overflow-y-auto ${className}`}>
      {children}
    </ul>
  );
}

/** The list beside what is chosen of it; one above the other where the window is narrow. */
export function Beside({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] lg:items-start">{children}</div>;
}

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  chosen: boolean;
}

const Anchor = forwardRef<HTMLAnchorElement, Props>(({ chosen, children, className = "", ...rest }, ref) => (
  <li className="border-b border-line last:border-0">
    <a
      ref={ref}
      {...rest}
      aria-current={chosen ? "true" : undefined}
      className={`block px-3 py-1.5 hover:bg-hover aria-[current]:bg-accent-soft ${className}`}
    >
      {children}
    </a>
  </li>
));

/** One entry of a `Listing`: a link with all that links have, and whether it is the one that is shown. */
export const Entry = createLink(Anchor);
