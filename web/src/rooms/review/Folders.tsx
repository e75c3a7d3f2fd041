import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { api, ask } from "../../api/client.ts";
import { Button } from "../../parts/Button.tsx";
import { Field } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { texts } from "../../texts.ts";
import { trustedFolders } from "./queries.ts";

const words = texts.review;

/** Which folder is looked at: any by its path, those that are trusted by choosing. */
export function Folders({ root }: { root: string }) {
  const [draft, setDraft] = useState<string>(); // what was typed stands, whatever answer comes meanwhile
  const path = draft ?? root;
  const navigate = useNavigate({ from: "/review" });
  const { data: known = [] } = useQuery(trustedFolders);
  const trusted = known.find((one) => one.repoRoot === root);
  const id = useId();
  return (
    <Section title={words.folder}>
      <form
        aria-label={words.folder}
        className="space-y-2 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          setDraft(undefined);
          void navigate({ search: { root: path.trim() || undefined } });
        }}
      >
        <Field label={words.path} name="root" dir="ltr" list={id} spellCheck={false} hint={words.pathHint} value={path} onChange={(event) => setDraft(event.target.value)} />
        <datalist id={id}>
          {known.map((one) => <option key={one.projectId} value={one.repoRoot} />)}
        </datalist>
        <div className="row justify-end">
          {trusted && <StopTrusting projectId={trusted.projectId} />}
          <Button type="submit" disabled={path.trim() === root}>{words.open}</Button>
        </div>
      </form>
    </Section>
  );
}

function StopTrusting({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const stopping = useMutation({
    mutationFn: () => ask(api.DELETE("/api/settings/trust", { params: { query: { projectId } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["review"] }),
  });
  return (
    <Button look="quiet" className="me-auto" title={words.stopTrustingHint} busy={stopping.isPending} onClick={() => stopping.mutate()}>
      {words.stopTrusting}
    </Button>
  );
}
