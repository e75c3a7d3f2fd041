import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Patch } from "../../parts/Code.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { IssueView } from "./IssueView.tsx";
import { savedReview, type Issue } from "./queries.ts";

const words = texts.review;

interface Props {
  review: string;
  issue: Issue;
  dismissed: boolean;
  known: Shapes["Drilldown"] | undefined;
}

/** One finding of a folder's review, with a closer look when one was taken. */
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
    <IssueView
      issue={issue}
      dismissed={dismissed}
      badges={issue.state === "new" && <Badge tone="accent">{words.isNew}</Badge>}
      actions={
        <>
          <Button look="quiet" data-dismiss={dismissed ? "undo" : "do"} busy={dismissing.isPending} title={words.dismissHint} onClick={() => dismissing.mutate()}>
            {dismissed ? words.restore : words.dismiss}
          </Button>
          {!known && <Button data-explain busy={explaining.isPending} onClick={() => explaining.mutate()}>{words.explain}</Button>}
        </>
      }
    >
      {known && <Explained drilldown={known} />}
      {dismissing.error && <Trouble error={dismissing.error} />}
      {explaining.error && <Trouble error={explaining.error} />}
    </IssueView>
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
        {drilldown.patch && <Patch text={drilldown.patch} label={words.patch} />}
        {drilldown.references.length > 0 && <p className="text-xs break-words text-soft">{drilldown.references.join(" · ")}</p>}
      </div>
    </details>
  );
}
