import { useEffect, useRef, type ReactNode } from "react";
import { NODE, type Line, type Node, type Placed } from "./graph.ts";

interface Props<N extends Node> {
  label: string;
  graph: Placed<N>;
  chosen?: string | undefined; // its lines are drawn strong, what it has nothing to do with faint
  draw: (node: N, className: string) => ReactNode; // a link or a text that fills its place
}

const LOOK = "flex h-full items-center rounded-md border px-2 text-xs";

/** A graph: lines drawn under nodes that are links as any other, so that keyboard and screen reader know them. */
export function Graph<N extends Node>({ label, graph, chosen, draw }: Props<N>) {
  const near = new Set(graph.lines.flatMap(({ line }) => (touches(line, chosen) ? [line.from, line.to] : [])));
  const box = useRef<HTMLDivElement>(null);
  const place = graph.nodes.find(({ node }) => node.id === chosen);
  useEffect(() => {
    const { current } = box;
    if (!current || !place) return;
    const center = (at: number, size: number, room: number) => Math.max(0, at + size / 2 - room / 2);
    current.scrollTo({ left: center(place.x, NODE.width, current.clientWidth), top: center(place.y, NODE.height, current.clientHeight) });
  }, [place]);
  const isFar = (id: string) => near.size > 0 && id !== chosen && !near.has(id);
  return (
    <div ref={box} tabIndex={0} role="group" aria-label={label} dir="ltr" className="max-h-[75vh] overflow-auto">
      <div className="relative" style={{ width: graph.width, height: graph.height }}>
        <svg aria-hidden="true" width={graph.width} height={graph.height} className="absolute inset-0 fill-none stroke-line-strong">
          {graph.lines.map(({ line, path }, index) => {
            const strong = touches(line, chosen);
            return <path key={index} d={path} className={strong ? "stroke-accent" : near.size > 0 ? "opacity-30" : ""} strokeWidth={strong ? 2 : 1} />;
          })}
        </svg>
        <ul>
          {graph.nodes.map(({ node, x, y }) => (
            <li key={node.id} className="absolute top-0 left-0" style={{ width: NODE.width, height: NODE.height, transform: `translate(${x}px, ${y}px)` }}>
              {draw(node, `${LOOK} ${node.id === chosen ? "border-accent bg-accent-soft font-medium" : isFar(node.id) ? "border-line bg-raised text-soft" : "border-line-strong bg-raised"}`)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function touches({ from, to }: Line, id: string | undefined): boolean {
  return id !== undefined && (from === id || to === id);
}
