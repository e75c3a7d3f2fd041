import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Patch } from "../../parts/Code.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { proposalsOf, type Proposal } from "./queries.ts";

const words = texts.chat;
const TONES: Record<Proposal["status"], Tone> = { pending: "warn", executing: "accent", done: "good", failed: "bad", rejected: "plain", expired: "plain" };

/** What models of this chat want to write; nothing is written before a yes. */
export function Proposals({ chatId }: { chatId: string }) {
  const query = useQuery(proposalsOf(chatId));
  return (
    <Section title={words.proposals}>
      <Loaded query={query}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={words.noProposals}>{words.noProposalsHint}</Empty>
          ) : (
            found.map((one) => <One key={one.id} proposal={one} />)
          )
        }
      </Loaded>
    </Section>
  );
}

function One({ proposal }: { proposal: Proposal }) {
  const client = useQueryClient();
  const params = { path: { proposal_id: proposal.id } };
  const deciding = useMutation({
    mutationFn: (yes: boolean) =>
      ask(yes ? api.POST("/v1/proposals/{proposal_id}/approve", { params }) : api.POST("/v1/proposals/{proposal_id}/reject", { params })),
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: keys.chat(proposal.chat_id, "proposals") }), client.invalidateQueries({ queryKey: keys.needs })]),
  });
  const { title, diff } = proposal.preview;
  return (
    <article data-proposal={proposal.status} aria-label={title} className="border-b border-line last:border-0">
      <div className="row px-3 py-2">
        <p className="min-w-0 flex-1 break-words" dir="auto">{title}</p>
        <Badge tone={TONES[proposal.status]}>{words.proposalStatus[proposal.status]}</Badge>
      </div>
      {proposal.status === "pending" && diff && <Patch sketch text={diff} label={title} />}
      {proposal.error && <p className="bg-bad-soft px-3 py-2 break-words text-bad">{proposal.error.message}</p>}
      {deciding.error && <Trouble error={deciding.error} />}
      {proposal.status === "pending" && (
        <div className="row justify-end px-3 py-2">
          <Button data-reject busy={deciding.isPending} onClick={() => deciding.mutate(false)}>{words.reject}</Button>
          <Button look="primary" data-approve busy={deciding.isPending} onClick={() => deciding.mutate(true)}>{words.approve}</Button>
        </div>
      )}
    </article>
  );
}
