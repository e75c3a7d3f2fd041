import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { Clash, type Clashing } from "./Clash.tsx";
import { memoryOf, saveMemory, type Place } from "./queries.ts";

const words = texts.memory;

export function Editor({ place }: { place: Place }) {
  const query = useQuery(memoryOf(place));
  return <Loaded query={query}>{(document) => <Form place={place} document={document} />}</Loaded>;
}

/** The document as text. What others wrote meanwhile is merged with what is saved here; only a clash has to be looked at. */
function Form({ place, document }: { place: Place; document: Shapes["MemoryDocument"] }) {
  const [draft, setDraft] = useState<{ text: string; base: Shapes["MemoryDocument"] }>();
  const [clash, setClash] = useState<Clashing>();
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: ({ text, base }: { text: string; base: Shapes["MemoryDocument"] }) => saveMemory(place, text, base.updated_at),
    onSuccess: (saved) => {
      client.setQueryData(memoryOf(place).queryKey, saved);
      setDraft(undefined);
      setClash(undefined);
      return client.invalidateQueries({ queryKey: keys.project(place.projectId, "memory") });
    },
    onError: async (error, { text: mine }) => {
      const { code, details } = Problem.of(error);
      const { base, theirs } = details;
      if (code !== "MEMORY_CONFLICT" || typeof base !== "string" || typeof theirs !== "string") return;
      const current = await client.fetchQuery({ ...memoryOf(place), staleTime: 0 });
      setClash({ base, mine, theirs });
      setDraft({ text: mine, base: current }); // what is saved next stands on what the others wrote
    },
  });
  const text = draft?.text ?? document.content;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft) saving.mutate(draft);
      }}
    >
      {clash && <Clash clash={clash} onTake={(taken) => setDraft({ text: taken, base: draft?.base ?? document })} />}
      <textarea
        name="memory"
        aria-label={words.title}
        placeholder={words.placeholder}
        dir="auto"
        rows={18}
        value={text}
        onChange={(event) => setDraft({ text: event.target.value, base: draft?.base ?? document })}
        className={`${INPUT} font-mono text-xs leading-5`}
      />
      {saving.error && !clash && <Trouble error={saving.error} />}
      <div className="row mt-2 flex-wrap justify-end">
        <span role="status" className="me-auto text-xs text-soft">
          {saving.data && !draft ? (saving.data.merged ? words.merged : texts.saved) : <Time at={document.updated_at} />}
        </span>
        {draft && <Button onClick={() => (setDraft(undefined), setClash(undefined), saving.reset())}>{words.discard}</Button>}
        <Button look="primary" type="submit" data-save busy={saving.isPending} disabled={!draft || draft.text === document.content}>{texts.save}</Button>
      </div>
    </form>
  );
}
