import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Shapes } from "../../api/client.ts";
import { workspaceList } from "../../frame/queries.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Empty, Loaded, Waiting } from "../../parts/States.tsx";
import { shortOf } from "../../parts/short.ts";
import { texts } from "../../texts.ts";
import { historyOf } from "../workspace/queries.ts";
import { differenceOf } from "./queries.ts";

const words = texts.map;
const FROM = "/projects/$projectId/map";
const SHOWN = 200;
const TONES: Record<string, Tone> = { added: "good", removed: "bad", changed: "plain" };

/** How the maps of two snapshots of main differ: what came, what went, and which names changed in which file. */
export function Difference({ projectId }: { projectId: string }) {
  const { data: workspaces } = useQuery(workspaceList(projectId));
  const main = workspaces?.find((one) => one.is_main);
  if (!workspaces) return <Waiting />;
  if (!main) return <Empty title={texts.project.noWorkspaces} />;
  return <OfMain projectId={projectId} main={main.id} />;
}

function OfMain({ projectId, main }: { projectId: string; main: string }) {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const history = useInfiniteQuery(historyOf(main));
  const snapshots = history.data?.pages.flatMap((page) => page.snapshots) ?? [];
  const to = search.to ?? snapshots[0]?.id;
  const from = search.from ?? snapshots.find((one) => one.id === to)?.parent_snapshot_id ?? undefined;
  const sides = [["from", from, texts.workspace.from], ["to", to, texts.workspace.to]] as const;
  return (
    <Section title={words.view.difference}>
      <div className="grid gap-2 border-b border-line p-3 sm:grid-cols-2">
        {sides.map(([side, id, label]) => (
          <Select
            key={side}
            label={label}
            value={id ?? ""}
            choices={choicesOf(snapshots, id)}
            onChange={(event) => void navigate({ search: (old) => ({ ...old, [side]: event.target.value }) })}
          />
        ))}
      </div>
      {from && to ? <Changes projectId={projectId} from={from} to={to} /> : history.isPending ? <Waiting /> : <Empty title={texts.workspace.chooseTwo} />}
    </Section>
  );
}

function choicesOf(snapshots: readonly Shapes["Snapshot"][], chosen: string | undefined) {
  const known = snapshots.map((one) => ({ value: one.id, label: `${one.summary ?? texts.workspace.untitled} · ${shortOf(one.id)}` }));
  if (chosen && known.some((one) => one.value === chosen)) return known;
  return [{ value: chosen ?? "", label: chosen ? shortOf(chosen) : texts.none }, ...known];
}

function Changes({ projectId, from, to }: { projectId: string; from: string; to: string }) {
  const query = useQuery(differenceOf(projectId, from, to));
  return (
    <Loaded query={query}>
      {({ summary, concepts, edges }) => {
        const rows = (["added", "removed", "changed"] as const).flatMap((change) => concepts[change].map((one) => ({ change, ...one })));
        return (
          <div data-difference>
            <p className="px-3 py-2.5" dir="auto">{summary}</p>
            <ul className="max-h-[60vh] overflow-y-auto border-t border-line" tabIndex={0} aria-label={words.view.difference}>
              {rows.slice(0, SHOWN).map((one) => (
                <li key={`${one.change} ${one.id}`} className="border-b border-line px-3 py-1.5 last:border-0">
                  <span className="row">
                    <Badge tone={TONES[one.change] ?? "plain"}>{words.change[one.change]}</Badge>
                    <span className="min-w-0 flex-1 break-words" dir="auto">{one.name}</span>
                    <span className="text-xs text-soft">{words.layer[one.layer]}</span>
                  </span>
                  {"symbols" in one && <Symbols symbols={one.symbols} />}
                </li>
              ))}
            </ul>
            {rows.length > SHOWN && <p className="px-3 py-1.5 text-soft">{texts.sync.others(rows.length - SHOWN)}</p>}
            <p className="border-t border-line px-3 py-1.5 text-xs text-soft">{words.edges(edges.added.length, edges.removed.length)}</p>
          </div>
        );
      }}
    </Loaded>
  );
}

function Symbols({ symbols }: { symbols: Shapes["SymbolChange"] }) {
  return (
    <p className="text-xs break-words" dir="ltr">
      {symbols.added.map((one) => <code key={`+${one}`} className="me-2 text-good">+{one}</code>)}
      {symbols.removed.map((one) => <code key={`-${one}`} className="me-2 text-bad">−{one}</code>)}
    </p>
  );
}
