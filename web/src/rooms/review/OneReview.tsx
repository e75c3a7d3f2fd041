import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { Findings } from "./Findings.tsx";
import { savedReview, stateOf, streamOf } from "./queries.ts";
import { Running } from "./Running.tsx";

const words = texts.review;

/** A review: followed while it runs, read when it is saved. It goes on when nobody looks. */
export function OneReview({ id }: { id: string }) {
  const query = useQuery(stateOf(id));
  return (
    <Loaded query={query}>
      {(state) => {
        if (state.reviewSaved) return <SavedReview id={id} />;
        return state.sessionActive ? <Followed id={id} /> : <Section title={words.one}><Empty title={words.gone}>{words.goneHint}</Empty></Section>;
      }}
    </Loaded>
  );
}

function SavedReview({ id }: { id: string }) {
  const query = useQuery(savedReview(id));
  return <Loaded query={query}>{(review) => <Findings review={review} />}</Loaded>;
}

function Followed({ id }: { id: string }) {
  const client = useQueryClient();
  const onEnd = () => {
    void client.invalidateQueries({ queryKey: stateOf(id).queryKey });
    void client.invalidateQueries({ queryKey: ["review", "of"] });
  };
  const onStop = () => ask(api.POST("/api/reviews/{id}/cancel", { params: { path: { id } }, body: {} }));
  return <Running stream={streamOf(id)} onEnd={onEnd} onStop={onStop} />;
}
