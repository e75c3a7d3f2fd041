import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Badge } from "../../parts/Badge.tsx";
import type { Shapes } from "../../api/client.ts";
import { workspaceList } from "../../frame/queries.ts";
import { Section } from "../../parts/Section.tsx";
import { texts } from "../../texts.ts";
import { around, symbolsOf, type Neighbour } from "./layers.ts";

const words = texts.map;
const FROM = "/projects/$projectId/map";
const SHOWN = 100; // neighbours of one direction
type Known = Shapes["Concept"];

/** One thing of the map: what it is, what it leads to, and what leads to it. */
export function Concept({ concept, atlas }: { concept: Known; atlas: Shapes["AtlasAnswer"] }) {
  const { projectId } = useParams({ from: FROM });
  const { out, into } = around(concept.id, atlas.concepts, atlas.edges);
  const symbols = symbolsOf(concept.metadata);
  const decisions = atlas.decision_links.filter((one) => one.concept_id === concept.id).length;
  return (
    <Section title={concept.name} actions={<Badge tone="accent">{words.layer[concept.layer]}</Badge>} className="lg:sticky lg:top-4">
      <div data-concept className="space-y-1 px-3 py-2.5">
        {concept.type && <p className="text-xs text-soft">{concept.type}</p>}
        <p className={concept.description ? "break-words" : "text-soft"} dir="auto">{concept.description ?? words.unexplained}</p>
        {concept.layer === "code" && concept.description && (
          <OpenFile projectId={projectId} path={concept.description} snapshot={concept.source_snapshot_id} />
        )}
        {symbols.length > 0 && (
          <p className="max-h-32 overflow-y-auto text-xs" tabIndex={0} role="group" aria-label={words.symbols}>
            <span className="text-soft">{words.symbols}: </span>
            <code className="break-words" dir="ltr">{symbols.join(", ")}</code>
          </p>
        )}
        {decisions > 0 && (
          <Link to="/projects/$projectId" params={{ projectId }} className="text-accent underline">{words.decisions(decisions)}</Link>
        )}
      </div>
      <Neighbours title={words.out} found={out} />
      <Neighbours title={words.into} found={into} />
    </Section>
  );
}

/** A way to the file: in main, as it was when the map was made. */
function OpenFile({ projectId, path, snapshot }: { projectId: string; path: string; snapshot: string | null }) {
  const { data: workspaces = [] } = useQuery(workspaceList(projectId));
  const main = workspaces.find((one) => one.is_main);
  if (!main) return null;
  return (
    <p>
      <Link
        data-open
        to="/projects/$projectId/workspaces/$workspaceId"
        params={{ projectId, workspaceId: main.id }}
        search={{ view: "files", path, ...(snapshot ? { snapshot } : {}) }}
        className="text-accent underline"
      >
        {words.open}
      </Link>
    </p>
  );
}

function Neighbours({ title, found }: { title: string; found: readonly Neighbour<Known>[] }) {
  if (found.length === 0) return null;
  return (
    <div className="border-t border-line px-3 py-2">
      <h3 className="mb-1 text-xs font-semibold text-soft">{title}</h3>
      <ul className="max-h-60 overflow-y-auto">
        {found.slice(0, SHOWN).map(({ concept, type }) => (
          <li key={`${type} ${concept.id}`} className="row">
            <Badge>{type}</Badge>
            <Link from={FROM} to="." search={(old) => ({ ...old, concept: concept.id })} className="min-w-0 truncate text-accent underline" dir="auto">{concept.name}</Link>
          </li>
        ))}
      </ul>
      {found.length > SHOWN && <p className="text-soft">{texts.sync.others(found.length - SHOWN)}</p>}
    </div>
  );
}
