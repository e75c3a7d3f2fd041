import type { ReactNode } from "react";
import { Badge } from "../../parts/Badge.tsx";
import { Patch } from "../../parts/Code.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { texts } from "../../texts.ts";
import { codeOf } from "./code.ts";
import type { Issue } from "./queries.ts";
import { SEVERITY_TONES } from "./tones.ts";

const words = texts.review;

interface Props {
  issue: Issue;
  dismissed: boolean;
  badges?: ReactNode;
  actions: ReactNode;
  children?: ReactNode; // what is known beside it
}

/** One finding: what it says on one side, the lines that it is about on the other, and what can be done with it. */
export function IssueView({ issue, dismissed, badges, actions, children }: Props) {
  return (
    <article data-finding={issue.id} aria-label={issue.title} className="border-b border-line px-3 py-2.5 last:border-0">
      <div className="row flex-wrap">
        <Badge tone={SEVERITY_TONES[issue.severity]}>{words.severity[issue.severity]}</Badge>
        <h3 className={`min-w-0 flex-1 font-medium break-words ${dismissed ? "text-soft line-through" : ""}`} dir="auto">{issue.title}</h3>
        {badges}
        {dismissed && <Badge>{words.dismissed}</Badge>}
      </div>
      <div className="mt-2 grid gap-3 xl:grid-cols-2">
        <div className="min-w-0 space-y-2">
          <Prose text={issue.symptom} />
          {issue.whyItMatters !== issue.symptom && <Prose text={issue.whyItMatters} />}
          {issue.rationale !== issue.whyItMatters && issue.rationale !== issue.symptom && <Prose text={issue.rationale} />}
          {issue.recommendation && (
            <div>
              <h4 className="text-xs font-semibold text-soft">{words.recommendation}</h4>
              <Prose text={issue.recommendation} />
            </div>
          )}
          <p className="text-xs text-soft">
            {[issue.source, issue.ruleId, words.sure(issue.confidence)].filter(Boolean).join(" · ")}
          </p>
        </div>
        <Code issue={issue} />
      </div>
      {issue.suggested_patch && (
        <div className="mt-2 rounded-md border border-line">
          <Patch text={issue.suggested_patch} label={words.patch} />
        </div>
      )}
      {children}
      <div className="row mt-2 flex-wrap justify-end">{actions}</div>
    </article>
  );
}

function Code({ issue }: { issue: Issue }) {
  const lines = codeOf(issue);
  const blame = issue.enrichment?.blame;
  if (lines.length === 0) return <p className="text-soft">{words.wholeFile}</p>;
  return (
    <figure className="min-w-0 self-start overflow-hidden rounded-md border border-line">
      <div tabIndex={0} role="group" aria-label={words.code} dir="ltr" className="overflow-x-auto py-1 font-mono text-xs leading-5">
        <div className="w-max min-w-full">
          {lines.map((line, index) => (
            <div key={index} className={`flex ${line.meant ? "bg-warn-soft" : ""}`}>
              <span className="w-11 shrink-0 pe-3 text-end text-soft select-none">{line.number ?? "−"}</span>
              <span className="pe-4 whitespace-pre">{line.text || " "}</span>
            </div>
          ))}
        </div>
      </div>
      {blame && (
        <figcaption className="truncate border-t border-line px-2 py-1 text-xs text-soft" title={`${blame.authorEmail} ${blame.commitDate}`} dir="auto">
          {blame.author}: {blame.summary}
        </figcaption>
      )}
    </figure>
  );
}
