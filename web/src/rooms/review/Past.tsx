import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Entry, Listing } from "../../parts/Listing.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { reviewsOf } from "./queries.ts";

const words = texts.review;

/** The reviews of a folder that are kept. */
export function Past({ root }: { root: string }) {
  const query = useQuery(reviewsOf(root));
  const { review } = useSearch({ from: "/review" });
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/review" });
  const removing = useMutation({
    mutationFn: (id: string) => ask(api.DELETE("/api/triage/reviews/{id}", { params: { path: { id } } })),
    onSuccess: async () => {
      await navigate({ search: { root } });
      await client.invalidateQueries({ queryKey: reviewsOf(root).queryKey });
    },
  });
  const chosen = query.data?.find((one) => one.id === review);
  return (
    <Section
      title={words.past}
      actions={chosen && <Button look="quiet" title={words.removeHint} busy={removing.isPending} onClick={() => removing.mutate(chosen.id)}>{words.remove}</Button>}
    >
      {removing.error && <Trouble error={removing.error} />}
      <Loaded query={query}>
        {(reviews) =>
          reviews.length === 0 ? (
            <Empty title={words.noPast}>{words.noPastHint}</Empty>
          ) : (
            <Listing label={words.past} className="max-h-72">
              {reviews.map((one) => (
                <Entry key={one.id} to="/review" search={{ root, review: one.id }} chosen={one.id === review}>
                  <span className="row">
                    <Badge tone={toneOf(one)}>{words.findings(one.issueCount)}</Badge>
                    <Time at={one.createdAt} className="ms-auto text-xs text-soft" />
                  </span>
                  <span className="block truncate text-xs text-soft" dir="auto">{one.branch ?? words.detached} · {words.mode[one.mode]}</span>
                </Entry>
              ))}
            </Listing>
          )
        }
      </Loaded>
    </Section>
  );
}

function toneOf(review: Shapes["Metadata"]) {
  return review.blockerCount + review.highCount > 0 ? "bad" : review.issueCount > 0 ? "warn" : "good";
}
