import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Diff } from "../../parts/Diff.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { codeOf } from "./code.ts";
import { savedReview, type Issue } from "./queries.ts";
import { SEVERITY_TONES } from "./tones.ts";

const words = texts.review;

interface Props {
  review: string;
  issue: Issue;
  dismissed: boolean;
  known: Shapes["Drilldown"] | undefined;
}

/** One finding: what it says on one side, the lines that it is about on the other, and what can be done with it. */
export function Finding({ review, issue, dismissed, known }: Props) {
  const client = useQueryClient();
  const params = { path: { id: review, issue: issue.id } };
  const onSuccess = () => client.invalidateQueries({ queryKey: savedReview(review).queryKey });
  const dismissing = useMutation({
    mutationFn: (): Promise<unknown> =>
      dismissed
        ? ask(api.DELETE("/api/triage/reviews/{id}/issues/{issue}/dismiss", { params }))
        : ask(api.POST("/api/triage/reviews/{id}/issues/{issue}/dismiss", { params })),
    onSuccess,
  });
  const explaining = useMutation({
    mutationFn: () => ask(api.POST("/api/triage/reviews/{id}/drilldown", { params: { path: { id: review } }, body: { issueId: issue.id } })),
    onSuccess,
  });
  return (
    <article data-finding={issue.id} aria-label={issue.title} className="border-b border-line px-3 py-2.5 last:border-0">
      <div className="row flex-wrap">
        <Badge tone={SEVERITY_TONES[issue.severity]}>{words.severity[issue.severity]}</Badge>
        <h3 className={`min-w-0 flex-1 font-medium break-words ${dismissed ? "text-soft line-through" : ""}`} dir="auto">{issue.title}</h3>
        {issue.state === "new" && <Badge tone="accent">{words.isNew}</Badge>}
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
          <Diff text={issue.suggested_patch} label={words.patch} />
        </div>
      )}
      {known && <Explained drilldown={known} />}
      {dismissing.error && <Trouble error={dismissing.error} />}
      {explaining.error && <Trouble error={explaining.error} />}
      <div className="row mt-2 flex-wrap justify-end">
        <Button look="quiet" data-dismiss={dismissed ? "undo" : "do"} busy={dismissing.isPending} title={words.dismissHint} onClick={() => dismissing.mutate()}>
          {dismissed ? words.restore : words.dismiss}
        </Button>
        {!known && <Button data-explain busy={explaining.isPending} onClick={() => explaining.mutate()}>{words.explain}</Button>}
      </div>
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

function Explained({ drilldown }: { drilldown: Shapes["Drilldown"] }) {
  const [open, setOpen] = useState(true);
  const parts = [
    [words.rootCause, drilldown.rootCause],
    [words.impact, drilldown.impact],
    [words.fix, drilldown.suggestedFix],
  ] as const;
  return (
    <details data-explained open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="mt-2 rounded-md border border-line bg-sunken px-3 py-2">
      <summary className="font-medium">{words.explained}</summary>
      <div className="mt-2 space-y-2">
        <Prose text={drilldown.detailedAnalysis} />
        {parts.map(([title, text]) => text && (
          <div key={title}>
            <h4 className="text-xs font-semibold text-soft">{title}</h4>
            <Prose text={text} />
          </div>
        ))}
        {drilldown.patch && <Diff text={drilldown.patch} label={words.patch} />}
        {drilldown.references.length > 0 && <p className="text-xs break-words text-soft">{drilldown.references.join(" · ")}</p>}
      </div>
    </details>
  );
}
