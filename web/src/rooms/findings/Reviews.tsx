import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Entry, Listing } from "../../parts/Listing.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { AS_SET, How, type Wished } from "../review/How.tsx";
import { treeReviewsOf, type TreeReview } from "./queries.ts";

const words = texts.findings;
const FROM = "/projects/$projectId/findings";
const TONES: Record<TreeReview["status"], Tone> = { running: "accent", completed: "good", failed: "bad", cancelled: "plain" };
type Profile = NonNullable<Shapes["ReviewAsked"]["profile"]>;

/** Reviews of workspaces: the beginning of another one, and those that were. */
export function Reviews({ projectId, workspaces }: { projectId: string; workspaces: readonly Shapes["Workspace"][] }) {
  const query = useQuery(treeReviewsOf(projectId));
  const { review } = useSearch({ from: FROM });
  const nameOf = (id: string) => workspaces.find((one) => one.id === id)?.name ?? words.goneWorkspace;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Section title={words.begin}>{workspaces.length > 0 && <Begin projectId={projectId} workspaces={workspaces} />}</Section>
      <Section title={words.reviews}>
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={texts.review.noPast}>{words.noReviewsHint}</Empty>
            ) : (
              <Listing label={words.reviews} className="max-h-72">
                {found.map((one) => (
                  <Entry key={one.id} from={FROM} to="." search={(old) => ({ ...old, review: one.id })} chosen={one.id === review}>
                    <span className="row">
                      <Badge tone={TONES[one.status]}>{one.status === "completed" ? texts.review.findings(one.finding_count) : words.status[one.status]}</Badge>
                      <Time at={one.created_at} className="ms-auto text-xs text-soft" />
                    </span>
                    <span className="block truncate text-xs text-soft" dir="auto">{nameOf(one.workspace_id)}</span>
                  </Entry>
                ))}
              </Listing>
            )
          }
        </Loaded>
      </Section>
    </div>
  );
}

function Begin({ projectId, workspaces }: { projectId: string; workspaces: readonly Shapes["Workspace"][] }) {
  const { workspace } = useSearch({ from: FROM });
  const [chosen, setChosen] = useState<string>();
  const [against, setAgainst] = useState("main");
  const [how, setHow] = useState<Wished>(AS_SET);
  const client = useQueryClient();
  const navigate = useNavigate({ from: FROM });
  const id = chosen ?? workspace ?? (workspaces.find((one) => !one.is_main) ?? workspaces[0])?.id ?? "";
  const beginning = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/workspaces/{workspace_id}/reviews", {
          params: { path: { workspace_id: id } },
          body: { against, lenses: [...how.lenses], profile: (how.profile === "default" ? null : how.profile || null) as Profile | null },
        }),
      ),
    onSuccess: async ({ review }) => {
      await client.invalidateQueries({ queryKey: treeReviewsOf(projectId).queryKey });
      await navigate({ search: (old) => ({ ...old, review: review.id }) });
    },
  });
  return (
    <form
      aria-label={words.begin}
      className="space-y-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        beginning.mutate();
      }}
    >
      <Select label={texts.palette.workspace} name="workspace" value={id} choices={workspaces.map((one) => ({ value: one.id, label: one.name }))} onChange={(event) => setChosen(event.target.value)} />
      <Select label={words.against} name="against" value={against} choices={Object.entries(words.sides).map(([value, label]) => ({ value, label }))} onChange={(event) => setAgainst(event.target.value)} />
      <How how={how} onChange={setHow} />
      {beginning.error && <Trouble error={beginning.error} />}
      <div className="row justify-end">
        <Button look="primary" type="submit" data-review busy={beginning.isPending}>{texts.review.begin}</Button>
      </div>
    </form>
  );
}
