import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Beside, Entry, Listing } from "../../parts/Listing.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { TAB, Tabs } from "../../parts/Tabs.tsx";
import { texts } from "../../texts.ts";
import { Concept } from "./Concept.tsx";
import { Diagrams } from "./Diagrams.tsx";
import { Difference } from "./Difference.tsx";
import { byLayer } from "./layers.ts";
import { MapGraph } from "./MapGraph.tsx";
import { atlasOf, indexing, searchOf } from "./queries.ts";
import { VIEWS } from "./route.tsx";

const words = texts.map;
const FROM = "/projects/$projectId/map";
const SHOWN = 200; // of one layer; search finds the others
type Atlas = Shapes["AtlasAnswer"];

/** What a project is made of: layer by layer, as a picture, in diagrams, and how that changed; what is chosen is explained. */
export function ProjectMap() {
  const { projectId } = useParams({ from: FROM });
  const { shape = "layers" } = useSearch({ from: FROM });
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
      <Tabs label={words.views}>
        {VIEWS.map((one) => (
          <Link key={one} from={FROM} to="." search={(old) => ({ ...old, shape: one })} aria-current={one === shape ? "page" : undefined} className={TAB}>
            {words.view[one]}
          </Link>
        ))}
      </Tabs>
      {making.error && <Trouble error={making.error} onRetry={() => making.mutate()} />}
      {making.data?.warnings.map((one) => <p key={one} className="mb-2 text-warn">{one}</p>)}
      {shape === "difference" ? (
        <Difference projectId={projectId} />
      ) : (
        <Loaded query={query}>
          {(atlas) => (atlas.concepts.length === 0 ? <Empty title={words.none}>{words.noneHint}</Empty> : <Known projectId={projectId} atlas={atlas} />)}
        </Loaded>
      )}
    </Page>
  );
}

function Known({ projectId, atlas }: { projectId: string; atlas: Atlas }) {
  const { concept, shape = "layers" } = useSearch({ from: FROM });
  const chosen = atlas.concepts.find((one) => one.id === concept);
  const explained = chosen ? <Concept key={chosen.id} concept={chosen} atlas={atlas} /> : <Empty title={words.choose}>{words.chooseHint}</Empty>;
  if (shape === "layers") {
    return (
      <Beside>
        <Layers projectId={projectId} atlas={atlas} />
        {explained}
      </Beside>
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {shape === "graph" ? <MapGraph atlas={atlas} /> : <Diagrams projectId={projectId} atlas={atlas} />}
      {explained}
    </div>
  );
}

function Layers({ projectId, atlas }: { projectId: string; atlas: Atlas }) {
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const found = useQuery(searchOf(projectId, asked));
  const layers = useMemo(() => byLayer(atlas.concepts), [atlas.concepts]);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <input type="search" name="find" aria-label={words.find} placeholder={words.find} value={text} onChange={(event) => setText(event.target.value)} className={INPUT} />
      {asked ? (
        <Section title={words.found}>
          <Loaded query={found}>
            {(results) => (results.length === 0 ? <Empty title={words.nothingFound} /> : <List items={results} />)}
          </Loaded>
        </Section>
      ) : (
        layers.map(({ layer, concepts }) => (
          <Section key={layer} title={words.layer[layer]} actions={<Badge>{concepts.length}</Badge>}>
            <List items={concepts.slice(0, SHOWN)} />
            {concepts.length > SHOWN && <p className="px-3 py-1.5 text-soft">{words.more(concepts.length - SHOWN)}</p>}
          </Section>
        ))
      )}
    </div>
  );
}

interface Item {
  id: string;
  name: string;
  description: string | null;
}

function List({ items }: { items: readonly Item[] }) {
  const { concept } = useSearch({ from: FROM });
  return (
    <Listing className="max-h-72">
      {items.map((one) => (
        <Entry key={one.id} from={FROM} to="." search={(old) => ({ ...old, concept: one.id })} chosen={one.id === concept}>
          <span className="block truncate" dir="auto">{one.name}</span>
          {one.description && <span className="block truncate text-xs text-soft" dir="auto">{one.description}</span>}
        </Entry>
      ))}
    </Listing>
  );
}
