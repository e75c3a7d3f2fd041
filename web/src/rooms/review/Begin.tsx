import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { AS_SET, How } from "./How.tsx";
import { begin, statusOf, type Mode } from "./queries.ts";

const words = texts.review;
const MODES = Object.keys(words.mode) as Mode[];

/** What has changed in the folder, and how it shall be reviewed. */
export function Begin({ root }: { root: string }) {
  const query = useQuery(statusOf(root));
  return (
    <Section
      title={words.changes}
      actions={<Button look="quiet" busy={query.isFetching} onClick={() => void query.refetch()}>{words.lookAgain}</Button>}
    >
      <Loaded query={query}>
        {(status) => (
          <>
            <p data-changes className="px-3 pt-2.5">
              <span className="font-medium" dir="auto">{status.branch ?? words.detached}</span>{" "}
              <span className="text-soft">{words.counts(status.files.staged.length, status.files.unstaged.length, status.files.untracked.length)}</span>
            </p>
            <Form root={root} begins={status.files.unstaged.length + status.files.untracked.length > 0 ? "unstaged" : "staged"} changed={status.hasChanges} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Form({ root, begins, changed }: { root: string; begins: Mode; changed: boolean }) {
  const [chosen, setMode] = useState<Mode>();
  const [how, setHow] = useState(AS_SET);
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/review" });
  const mode = chosen ?? begins;
  const beginning = useMutation({
    mutationFn: () => begin(root, { mode, ...how }),
    onSuccess: async (review) => {
      void client.invalidateQueries({ queryKey: statusOf(root).queryKey });
      await navigate({ search: { root, review } });
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
      <Select label={words.which} name="mode" value={mode} choices={MODES.map((one) => ({ value: one, label: words.mode[one] }))} onChange={(event) => setMode(event.target.value as Mode)} />
      <How how={how} onChange={setHow} />
      {beginning.error && <Trouble error={beginning.error} />}
      <div className="row justify-end">
        {!changed && <span className="text-soft">{words.clean}</span>}
        <Button look="primary" type="submit" data-review busy={beginning.isPending} disabled={!changed}>{words.begin}</Button>
      </div>
    </form>
  );
}
