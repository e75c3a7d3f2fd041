import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Graph } from "../../parts/Graph.tsx";
import { columnsOf, placed } from "../../parts/graph.ts";
import { Entry, Listing } from "../../parts/Listing.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { diagramsOf, drawing } from "./queries.ts";

const words = texts.map;
const FROM = "/projects/$projectId/map";
const TYPES = Object.keys(words.type) as Shapes["Diagram"]["type"][];

/** Diagrams that were drawn of the map, or of what is chosen in it, and the drawing of another one. */
export function Diagrams({ projectId, atlas }: { projectId: string; atlas: Shapes["AtlasAnswer"] }) {
  const { diagram } = useSearch({ from: FROM });
  const query = useQuery(diagramsOf(projectId));
  const chosen = query.data?.find((one) => one.id === diagram) ?? query.data?.[0];
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Section title={words.view.diagrams}>
        <Draw projectId={projectId} atlas={atlas} />
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={words.noDiagrams}>{words.noDiagramsHint}</Empty>
            ) : (
              <Listing label={words.view.diagrams} className="max-h-40 border-t border-line">
                {found.map((one) => (
                  <Entry key={one.id} from={FROM} to="." search={(old) => ({ ...old, diagram: one.id })} chosen={one.id === chosen?.id}>
                    <span className="row">
                      <Badge>{words.type[one.type]}</Badge>
                      <span className="min-w-0 flex-1 truncate" dir="auto">{one.title}</span>
                      <Time at={one.created_at} className="text-xs text-soft" />
                    </span>
                  </Entry>
                ))}
              </Listing>
            )
          }
        </Loaded>
      </Section>
      {chosen && <Picture key={chosen.id} diagram={chosen} />}
    </div>
  );
}

function Draw({ projectId, atlas }: { projectId: string; atlas: Shapes["AtlasAnswer"] }) {
  const { concept } = useSearch({ from: FROM });
  const [type, setType] = useState<Shapes["Diagram"]["type"]>("dependency");
  const client = useQueryClient();
  const navigate = useNavigate({ from: FROM });
  const making = useMutation({
    mutationFn: () => drawing(projectId, type, concept),
    onSuccess: async ({ diagram }) => {
      await client.invalidateQueries({ queryKey: diagramsOf(projectId).queryKey });
      await navigate({ search: (old) => ({ ...old, diagram: diagram.id }) });
    },
  });
  const about = atlas.concepts.find((one) => one.id === concept);
  return (
    <div className="p-3">
      <div className="flex flex-wrap items-end gap-2">
        <Select className="w-44" label={words.kind} value={type} choices={TYPES.map((one) => ({ value: one, label: words.type[one] }))} onChange={(event) => setType(event.target.value as typeof type)} />
        <p className="min-w-0 flex-1 truncate py-1.5 text-soft" dir="auto">{about ? words.around(about.name) : words.ofWhole}</p>
        <Button look="primary" data-draw busy={making.isPending} onClick={() => making.mutate()}>{words.draw}</Button>
      </div>
      {making.error && <Trouble error={making.error} />}
    </div>
  );
}

function Picture({ diagram }: { diagram: Shapes["Diagram"] }) {
  const { concept } = useSearch({ from: FROM });
  const graph = useMemo(() => {
    const columns = columnsOf(diagram.nodes.map((one) => one.id), diagram.edges);
    return placed(diagram.nodes.map((one) => ({ ...one, column: columns.get(one.id) ?? 0 })), diagram.edges);
  }, [diagram]);
  return (
    <Section title={diagram.title}>
      {diagram.nodes.length === 0 ? (
        <Empty title={words.emptyDiagram} />
      ) : (
        <Graph
          label={diagram.title}
          graph={graph}
          chosen={concept}
          draw={(node, className) => (
            <Link from={FROM} to="." search={(old) => ({ ...old, concept: node.id })} title={node.label} className={className}>
              <span className="truncate" dir="auto">{node.label}</span>
            </Link>
          )}
        />
      )}
      <details className="border-t border-line px-3 py-2">
        <summary>{words.lines(diagram.edges.length)}</summary>
        <ul className="mt-1 max-h-60 overflow-y-auto text-xs">
          {diagram.edges.map((one, index) => (
            <li key={index} dir="auto">{labelOf(diagram, one.from)} → {labelOf(diagram, one.to)} <span className="text-soft">{one.label}</span></li>
          ))}
        </ul>
      </details>
    </Section>
  );
}

function labelOf(diagram: Shapes["Diagram"], id: string): string {
  return diagram.nodes.find((one) => one.id === id)?.label ?? id;
}
