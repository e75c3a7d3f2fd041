import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, type ReactNode } from "react";
import { texts } from "../texts.ts";
import { pairsOf, rowsOf, sketchOf, type Line } from "./diff.ts";

const HEIGHT = 20;
const TONE = { same: "", added: "bg-good-soft", removed: "bg-bad-soft" } as const;
const SIGN = { same: " ", added: "+", removed: "−" } as const;

interface Props {
  text: string;
  split?: boolean;
  sketch?: boolean; // signed lines without places, as proposals have them
  label: string;
}

/** The difference of one file, in one column or side by side; long ones are drawn where they are looked at. */
export function Diff({ text, split = false, sketch = false, label }: Props) {
  const rows = useMemo(() => (sketch ? sketchOf(text) : rowsOf(text)), [text, sketch]);
  const pairs = useMemo(() => (split ? pairsOf(rows) : []), [rows, split]);
  const count = split ? pairs.length : rows.length;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => HEIGHT, overscan: 30 });
  if (count === 0) return <p className="px-3 py-3 text-soft">{texts.diff.nothing}</p>;
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={label}
      dir="ltr"
      className="max-h-[70vh] overflow-auto font-mono text-xs leading-5"
    >
      <div className={`relative ${split ? "min-w-full" : "w-max min-w-full"}`} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className="absolute inset-x-0 top-0 h-5" style={{ transform: `translateY(${item.start}px)` }}>
            {split ? <SplitRow row={pairs[item.index]} /> : <UnifiedRow row={rows[item.index]} />}
          </div>
        ))}
      </div>
    </div>
  );
}

function Hunk({ text }: { text: string }) {
  return <div className="truncate bg-sunken px-2 text-faint">{text}</div>;
}

function UnifiedRow({ row }: { row: ReturnType<typeof rowsOf>[number] | undefined }): ReactNode {
  if (!row) return null;
  if (row.kind === "hunk") return <Hunk text={row.text} />;
  const { line } = row;
  return (
    <div className={`flex ${TONE[line.kind]}`}>
      <Number value={line.old} />
      <Number value={line.new} />
      <Text line={line} />
    </div>
  );
}

function SplitRow({ row }: { row: ReturnType<typeof pairsOf>[number] | undefined }): ReactNode {
  if (!row) return null;
  if (row.kind === "hunk") return <Hunk text={row.text} />;
  return (
    <div className="grid grid-cols-2">
      {(["old", "new"] as const).map((side) => {
        const line = row[side];
        return (
          <div key={side} className={`flex min-w-0 overflow-hidden border-line even:border-s ${line ? TONE[line.kind] : "bg-sunken"}`} title={line?.text}>
            <Number value={line?.[side]} />
            {line && <Text line={line} />}
          </div>
        );
      })}
    </div>
  );
}

function Number({ value }: { value: number | undefined }) {
  return <span className="w-11 shrink-0 pe-2 text-end text-faint select-none">{value}</span>;
}

function Text({ line }: { line: Line }) {
  return (
    <span className="whitespace-pre">
      <span className="inline-block w-4 text-faint select-none">{SIGN[line.kind]}</span>
      {line.text}
    </span>
  );
}
