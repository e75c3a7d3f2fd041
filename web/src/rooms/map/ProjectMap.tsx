import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { Concept } from "./Concept.tsx";
import { byLayer } from "./layers.ts";
import { atlasOf, indexing, searchOf } from "./queries.ts";

const words = texts.map;
const FROM = "/projects/$projectId/map";
const SHOWN = 200; // of one layer; search finds the others

/** What a project is made of, layer by layer, with search; what is chosen is explained beside it. */
export function ProjectMap() {
  const { projectId } = useParams({ from: FROM });
  const query = useQuery(atlasOf(projectId));
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () => indexing(projectId),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId, "atlas") }),
  });
  return (
    <Page
      title={words.title}
      actions={
        <>
          {query.data?.stale && <Badge tone="warn">{words.stale}</Badge>}
          <Button data-index busy={making.isPending} onClick={() => making.mutate()}>{words.make}</Button>
        </>
      }
    >
      {making.error && <Trouble error={making.error} onRetry={() => making.mutate()} />}
      {making.data?.warnings.map((one) => <p key={one} className="mb-2 text-warn">{one}</p>)}
      <Loaded query={query}>
        {(atlas) => (atlas.concepts.length === 0 ? <Empty title={words.none}>{words.noneHint}</Empty> : <Layers projectId={projectId} atlas={atlas} />)}
      </Loaded>
    </Page>
  );
}

function Layers({ projectId, atlas }: { projectId: string; atlas: Shapes["AtlasAnswer"] }) {
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const { concept } = useSearch({ from: FROM });
  const found = useQuery(searchOf(projectId, asked));
  const chosen = atlas.concepts.find((one) => one.id === concept);
  const layers = useMemo(() => byLayer(atlas.concepts), [atlas.concepts]);
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] lg:items-start">
      <div className="flex min-w-0 flex-col gap-4">
        <input type="search" name="find" aria-label={words.find} placeholder={words.find} value={text} onChange={(event) => setText(event.target.value)} className={INPUT} />
        {asked ? (
          <Section title={words.found}>
            <Loaded query={found}>
              {(results) => (results.length === 0 ? <Empty title={words.nothingFound} /> : <List items={results} chosen={concept} />)}
            </Loaded>
          </Section>
        ) : (
          layers.map(({ layer, concepts }) => (
            <Section key={layer} title={words.layer[layer]} actions={<Badge>{concepts.length}</Badge>}>
              <List items={concepts.slice(0, SHOWN)} chosen={concept} />
              {concepts.length > SHOWN && <p className="px-3 py-1.5 text-soft">{words.more(concepts.length - SHOWN)}</p>}
            </Section>
          ))
        )}
      </div>
      {chosen ? <Concept key={chosen.id} concept={chosen} atlas={atlas} /> : <Empty title={words.choose}>{words.chooseHint}</Empty>}
    </div>
  );
}

interface Item {
  id: string;
  name: string;
  description: string | null;
}

function List({ items, chosen }: { items: readonly Item[]; chosen: string | undefined }) {
  return (
    <ul className="max-h-72 overflow-y-auto">
      {items.map((one) => (
        <li key={one.id} className="border-b border-line last:border-0">
          <Link
            from={FROM}
            to="."
            search={{ concept: one.id }}
            aria-current={one.id === chosen ? "true" : undefined}
            className="block px-3 py-1.5 hover:bg-hover aria-[current]:bg-accent-soft"
          >
            <span className="block truncate" dir="auto">{one.name}</span>
            {one.description && <span className="block truncate text-xs text-soft" dir="auto">{one.description}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
