import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { briefOf } from "./queries.ts";

const words = texts.project;

/** What the project is for: its intent in a sentence, and the brief as it was written. */
export function Brief({ projectId }: { projectId: string }) {
  const query = useQuery(briefOf(projectId));
  const [editing, setEditing] = useState(false);
  return (
    <Section title={words.brief} actions={!editing && <Button look="quiet" onClick={() => setEditing(true)}>{words.edit}</Button>}>
      <Loaded query={query}>
        {({ intent, brief }) =>
          editing ? (
            <Edit projectId={projectId} intent={intent ?? ""} onDone={() => setEditing(false)} />
          ) : (
            <div className="px-3 py-3">
              <p className={intent ? "break-words" : "text-soft"} dir="auto">{intent ?? words.noIntent}</p>
              {brief !== null && brief !== undefined && (
                <pre tabIndex={0} aria-label={words.brief} className="mt-2 max-h-64 overflow-auto rounded bg-sunken p-2 whitespace-pre-wrap" dir="auto">
                  {typeof brief === "string" ? brief : JSON.stringify(brief, null, 2)}
                </pre>
              )}
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}

function Edit({ projectId, intent, onDone }: { projectId: string; intent: string; onDone: () => void }) {
  const [text, setText] = useState(intent);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () =>
      ask(
        api.PATCH("/v1/projects/{project_id}/brief", {
          params: { path: { project_id: projectId } },
          body: { intent: text.trim() || null },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(projectId, "brief") });
      onDone();
    },
  });
  return (
    <form
      className="p-3"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <textarea aria-label={words.intent} dir="auto" rows={4} value={text} onChange={(event) => setText(event.target.value)} className={INPUT} autoFocus />
      {saving.error && <Trouble error={saving.error} />}
      <div className="row mt-2 justify-end">
        <Button onClick={onDone}>{texts.cancel}</Button>
        <Button look="primary" type="submit" busy={saving.isPending}>
          {texts.save}
        </Button>
      </div>
    </form>
  );
}
