import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { AutoActions } from "./AutoActions.tsx";
import { Decision } from "./Decision.tsx";

const words = texts.sync;
const OWN = "custom";

interface Props {
  preview: Shapes["SyncPreview"];
  busy: boolean;
  onExecute: (decisions: Record<string, string>, custom: Record<string, string>) => void;
}

/** What a sync would do by itself, and the decisions that people have to take, one after the other. */
export function Preview({ preview, busy, onExecute }: Props) {
  const needed = preview.decisions_needed;
  const [decisions, setDecisions] = useState<Record<string, string>>({});
  const [custom, setCustom] = useState<Record<string, string>>({});
  const [at, setAt] = useState(0);
  const decided = needed.filter((one) => decisions[one.path] !== undefined).length;
  const current = needed[at];
  const place = useRef<HTMLDivElement>(null);
  const go = (step: number) => setAt((at + step + needed.length) % needed.length);
  const decide = (path: string, option: string, text?: string) => {
    setDecisions({ ...decisions, [path]: option });
    if (text !== undefined) setCustom({ ...custom, [path]: text });
  };
  const execute = () => {
    const own = Object.keys(decisions).filter((path) => decisions[path] === OWN);
    onExecute(decisions, Object.fromEntries(own.map((path) => [path, custom[path] ?? ""])));
  };
  if (preview.is_empty) return <Empty title={words.upToDate}>{preview.summary}</Empty>;
  return (
    <div className="space-y-4">
      <div className="card flex flex-wrap items-center gap-3 px-3 py-2">
        <p className="min-w-0 flex-1 basis-60 break-words" dir="auto">{preview.summary}</p>
        {needed.length > 0 && <Badge tone={decided === needed.length ? "good" : "warn"}>{words.decided(decided, needed.length)}</Badge>}
        <Button look="primary" data-execute busy={busy} disabled={decided < needed.length} onClick={execute}>{words.execute}</Button>
      </div>
      {current && (
        <Section
          title={`${words.decision} ${at + 1} / ${needed.length}`}
          actions={
            needed.length > 1 && (
              <>
                <Button onClick={() => go(-1)} aria-keyshortcuts="Alt+ArrowLeft">{words.previous}</Button>
                <Button data-next onClick={() => go(1)} aria-keyshortcuts="Alt+ArrowRight">{words.next}</Button>
              </>
            )
          }
        >
          <div
            onKeyDown={(event) => {
              const step = event.altKey && !event.defaultPrevented ? { ArrowLeft: -1, ArrowRight: 1 }[event.key] : undefined;
              if (!step) return;
              event.preventDefault();
              flushSync(() => go(step));
              place.current?.focus(); // the field that had it is gone
            }}
          >
            <Decision
              key={current.path}
              head={place}
              decision={current}
              chosen={decisions[current.path]}
              text={custom[current.path]}
              onChoose={(option) => decide(current.path, option)}
              onWrite={(text) => decide(current.path, OWN, text)}
            />
          </div>
        </Section>
      )}
      <AutoActions actions={preview.auto_actions} own={custom} onOwn={(path, text) => decide(path, OWN, text)} />
    </div>
  );
}
