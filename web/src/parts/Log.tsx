import { useEffect, useRef } from "react";
import { shownLines } from "./log.ts";
import { texts } from "../texts.ts";

interface Props {
  label: string;
  lines: readonly { content: string; error: boolean }[];
  live: boolean;
}

/** What a program says while it runs: the newest stays in view, unless somebody scrolled away from it. */
export function Log({ label, lines, live }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { shown, hidden } = shownLines(lines);
  useEffect(() => {
    if (follows.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines.length]);
  return (
    <div
      ref={box}
      role="log"
      aria-label={label}
      aria-busy={live}
      tabIndex={0}
      dir="ltr"
      onScroll={({ currentTarget: at }) => {
        follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < 40;
      }}
      className="max-h-80 overflow-auto bg-sunken px-3 py-2 font-mono text-xs leading-5"
    >
      {hidden > 0 && <p className="text-faint">{texts.log.hidden(hidden)}</p>}
      {shown.map((line, index) => (
        <p key={hidden + index} className={`break-words whitespace-pre-wrap ${line.error ? "text-bad" : ""}`}>
          {line.content}
        </p>
      ))}
      {lines.length === 0 && <p className="text-soft">{live ? texts.log.waiting : texts.log.silent}</p>}
    </div>
  );
}
