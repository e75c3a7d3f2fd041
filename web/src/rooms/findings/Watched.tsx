import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Section } from "../../parts/Section.tsx";
import { Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { Running } from "../review/Running.tsx";
import { treeReviewOf } from "./queries.ts";

/** One review of a workspace: followed while it runs, then what it says of itself; its findings stand below with all others. */
export function Watched({ projectId, id }: { projectId: string; id: string }) {
  const query = useQuery(treeReviewOf(projectId, id));
  const client = useQueryClient();
  const onEnd = () => {
    void client.invalidateQueries({ queryKey: keys.project(projectId, "reviews") });
    void client.invalidateQueries({ queryKey: keys.project(projectId, "findings") });
  };
  const onStop = () => ask(api.POST("/v1/reviews/{review_id}/cancel", { params: { path: { review_id: id } } }));
  return (
    <Loaded query={query}>
      {({ review, summary }) =>
        review.status === "running" ? (
          <Running stream={`/v1/reviews/${id}/events`} onEnd={onEnd} onStop={onStop} />
        ) : (
          <Section title={texts.review.one} actions={<Time at={review.created_at} className="text-xs text-soft" />}>
            {review.error ? (
              <p role="alert" className="bg-bad-soft px-3 py-2 break-words text-bad" dir="auto">{review.error.message}</p>
            ) : (
              <p data-summary className="px-3 py-2.5 break-words whitespace-pre-wrap" dir="auto">{summary}</p>
            )}
          </Section>
        )
      }
    </Loaded>
  );
}
