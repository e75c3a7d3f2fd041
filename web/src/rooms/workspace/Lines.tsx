import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

const HEIGHT = 20;

/** The lines of a text, drawn where they are looked at. */
export function Lines({ lines, label, short = false }: { lines: readonly string[]; label: string; short?: boolean }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => HEIGHT, overscan: 30 });
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={label} dir="ltr" className={`overflow-auto py-1 font-mono text-xs leading-5 ${short ? "max-h-72" : "h-[calc(100dvh-16.5rem)] min-h-60"}`}>
      <div className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className="absolute inset-x-0 top-0 flex hover:bg-hover" style={{ transform: `translateY(${item.start}px)` }}>
            <span className="sticky start-0 w-12 shrink-0 bg-raised pe-3 text-end text-faint select-none">{item.index + 1}</span>
            <span className="pe-4 whitespace-pre">{lines[item.index] || " "}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
