import { useSyncExternalStore } from "react";
import { exact, relative } from "./times.ts";

// One clock for all times that are shown.
let now = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const listener of listeners) listener();
}, 20_000);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A time as people say it; the exact one on hover. */
export function Time({ at, className = "" }: { at: string; className?: string }) {
  const time = useSyncExternalStore(subscribe, () => now);
  return (
    <time dateTime={at} title={exact(at)} className={`whitespace-nowrap tabular-nums ${className}`}>
      {relative(at, Math.max(time, Date.now()))}
    </time>
  );
}
