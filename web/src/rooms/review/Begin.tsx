import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { begin, statusOf, type Mode } from "./queries.ts";

const words = texts.review;
const MODES = Object.keys(words.mode) as Mode[];
const LENSES = Object.keys(words.lens) as Shapes["Lens"][];

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
  const [profile, setProfile] = useState("");
  const [lenses, setLenses] = useState<readonly string[]>([]);
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/review" });
  const mode = chosen ?? begins;
  const beginning = useMutation({
    mutationFn: () => begin(root, { mode, profile, lenses }),
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
      <Select label={words.profile} name="profile" value={profile} choices={Object.entries(words.profiles).map(([value, label]) => ({ value: value === "settings" ? "" : value, label }))} onChange={(event) => setProfile(event.target.value)} />
      <fieldset>
        <legend className="mb-1 font-medium">{words.lenses}</legend>
        <div className="flex flex-wrap gap-x-3">
          {LENSES.map((one) => (
            <label key={one} className="row min-h-7 gap-1">
              <input
                type="checkbox"
                name={one}
                checked={lenses.includes(one)}
                onChange={({ target }) => setLenses(target.checked ? [...lenses, one] : lenses.filter((other) => other !== one))}
              />
              {words.lens[one]}
            </label>
          ))}
        </div>
        <p className="text-xs text-soft">{words.lensesHint}</p>
      </fieldset>
      {beginning.error && <Trouble error={beginning.error} />}
      <div className="row justify-end">
        {!changed && <span className="text-soft">{words.clean}</span>}
        <Button look="primary" type="submit" data-review busy={beginning.isPending} disabled={!changed}>{words.begin}</Button>
      </div>
    </form>
  );
}
