import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { differenceOf, type Deployment } from "./queries.ts";

const words = texts.deployments;
const SHOWN = 500; // files; more than anybody reads
const tones: Record<string, Tone> = { added: "good", removed: "bad", deleted: "bad" };

/** How two deployments differ: files, keys of variables, plan. */
export function Difference({ deployment, other }: { deployment: Deployment; other: string }) {
  const navigate = useNavigate({ from: "/projects/$projectId/deployments" });
  const query = useQuery(differenceOf(deployment.project_id, other, deployment.id));
  const close = () => void navigate({ search: (old) => ({ ...old, other: undefined }) });
  return (
    <Section title={words.difference} actions={<Button look="quiet" onClick={close}>{texts.close}</Button>}>
      <Loaded query={query}>
        {({ files, env, plan }) => {
          const rows = [
            ...files.slice(0, SHOWN).map((one) => ({ name: one.path, change: one.change })),
            ...(["added", "removed", "changed"] as const).flatMap((change) => env[change].map((name) => ({ name, change }))),
          ];
          const changed = Object.entries(plan);
          if (rows.length + changed.length === 0) return <Empty title={words.same} />;
          return (
            <ul data-difference>
              {rows.map((one) => (
                <li key={`${one.change} ${one.name}`} className="row border-b border-line px-3 py-1 last:border-0">
                  <Badge tone={tones[one.change] ?? "plain"}>{one.change}</Badge>
                  <code className="min-w-0 break-all" dir="ltr">{one.name}</code>
                </li>
              ))}
              {changed.map(([name, { old, new: now }]) => (
                <li key={name} className="border-b border-line px-3 py-1 last:border-0">
                  <span className="font-medium">{name}</span>{" "}
                  <code className="break-all" dir="ltr">{shown(old)} → {shown(now)}</code>
                </li>
              ))}
              {files.length > SHOWN && <li className="px-3 py-1 text-soft">{texts.sync.others(files.length - SHOWN)}</li>}
            </ul>
          );
        }}
      </Loaded>
    </Section>
  );
}

function shown(value: unknown): string {
  return value === null || value === undefined ? texts.none : typeof value === "string" ? value : JSON.stringify(value);
}
