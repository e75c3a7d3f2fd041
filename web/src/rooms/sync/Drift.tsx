import type { Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Section } from "../../parts/Section.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";

const words = texts.sync;
const RISK: Record<Shapes["DriftReport"]["risk_level"], Tone> = { low: "good", medium: "warn", high: "bad" };
const SHOWN = 200;

/** Three lists: what only main has, what only this workspace has, and what differs on both sides. */
export function Drift({ drift }: { drift: Shapes["DriftReport"] }) {
  return (
    <>
      <p className="row mb-3 flex-wrap">
        <Badge tone={RISK[drift.risk_level]}>{words.risk[drift.risk_level]}</Badge>
        {drift.summary && <span className="min-w-0 break-words" dir="auto">{drift.summary}</span>}
        <Time at={drift.compared_at} className="text-xs text-faint" />
      </p>
      <div className="grid gap-3 md:grid-cols-3">
        <Paths title={words.mainOnly} paths={drift.source_only} />
        <Paths title={words.mineOnly} paths={drift.workspace_only} />
        <Paths title={words.both} paths={drift.both_different} />
      </div>
    </>
  );
}

function Paths({ title, paths }: { title: string; paths: readonly string[] }) {
  return (
    <Section title={title} actions={<Badge>{paths.length}</Badge>}>
      {paths.length === 0 ? (
        <p className="px-3 py-3 text-soft">{texts.none}</p>
      ) : (
        <ul className="max-h-56 overflow-y-auto py-1" tabIndex={0} aria-label={title}>
          {paths.slice(0, SHOWN).map((path) => (
            <li key={path} className="truncate px-3 py-0.5 font-mono text-xs" dir="ltr" title={path}>{path}</li>
          ))}
          {paths.length > SHOWN && <li className="px-3 py-1 text-xs text-soft">{words.others(paths.length - SHOWN)}</li>}
        </ul>
      )}
    </Section>
  );
}
