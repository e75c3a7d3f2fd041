import { Link, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Shapes } from "../../api/client.ts";
import { Graph } from "../../parts/Graph.tsx";
import { placed } from "../../parts/graph.ts";
import { Section } from "../../parts/Section.tsx";
import { texts } from "../../texts.ts";
import { partOf, type Part } from "./graph.ts";
import { LAYERS } from "./layers.ts";

const words = texts.map;
const FROM = "/projects/$projectId/map";
const MOST = 24; // of one layer: more is no picture

/** The map as a picture, layers from left to right. What is chosen is drawn with all that it has to do with. */
export function MapGraph({ atlas }: { atlas: Shapes["AtlasAnswer"] }) {
  const { concept } = useSearch({ from: FROM });
  const part = useMemo(() => partOf(atlas.concepts, atlas.edges, concept, MOST), [atlas, concept]);
  const graph = useMemo(() => placed(part.nodes, part.lines), [part]);
  return (
    <Section title={words.view.graph} actions={<span className="text-xs text-soft">{layersOf(part)}</span>}>
      <Graph
        label={words.view.graph}
        graph={graph}
        chosen={concept}
        draw={(node, className) => (
          <Link from={FROM} to="." search={(old) => ({ ...old, concept: node.id })} title={node.label} className={className}>
            <span className="truncate" dir="auto">{node.label}</span>
          </Link>
        )}
      />
      {part.hidden.length > 0 && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-soft">
          {words.notDrawn} {part.hidden.map(({ layer, count }) => `${words.layer[layer]} ${count.toLocaleString(texts.language)}`).join(" · ")}
        </p>
      )}
    </Section>
  );
}

/** Which layers stand there, from left to right. */
function layersOf({ nodes }: Part): string {
  return LAYERS.filter((_, column) => nodes.some((one) => one.column === column)).map((one) => words.layer[one]).join(" → ");
}
