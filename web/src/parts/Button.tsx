import type { ButtonHTMLAttributes, ReactNode } from "react";

const LOOKS = {
  plain: "border border-line-strong bg-raised hover:bg-hover",
  primary: "border border-transparent bg-accent text-accent-ink hover:opacity-90",
  quiet: "border border-transparent hover:bg-hover text-soft hover:text-ink",
  danger: "border border-line-strong bg-raised text-bad hover:bg-bad-soft",
} as const;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  busy?: boolean;
  icon?: ReactNode;
  [name: `data-${string}`]: unknown; // how tests find it
}

/** A button; while it is busy it keeps the focus and does nothing. */
export function Button({ look = "plain", busy = false, icon, className = "", children, onClick, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      className={`inline-flex min-h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 text-[0.8125rem] font-medium whitespace-nowrap disabled:cursor-default disabled:opacity-50 aria-disabled:opacity-50 ${LOOKS[look]} ${className}`}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-3.5 animate-spin rounded-full border-2 border-current border-r-transparent opacity-70"
    />
  );
}
