import { useQuery } from "@tanstack/react-query";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import type { Shapes } from "../../api/client.ts";
import { texts } from "../../texts.ts";
import { resourcesOf } from "./queries.ts";

const words = texts.deployments;
const tones: Record<Shapes["Resource"]["status"], Tone> = { ready: "good", error: "bad", pending: "plain", provisioning: "accent", deleted: "plain" };

/** Databases and other things that deployments of the project were given. */
export function Resources({ projectId }: { projectId: string }) {
  const query = useQuery(resourcesOf(projectId));
  return (
    <Section title={words.resources}>
      <Loaded query={query}>
        {(resources) =>
          resources.length === 0 ? (
            <Empty title={words.noResources}>{words.noResourcesHint}</Empty>
          ) : (
            <ul>
              {resources.map((one) => (
                <li key={one.id} className="border-b border-line px-3 py-1.5 last:border-0">
                  <p className="row">
                    <span className="min-w-0 flex-1 truncate" dir="auto">{one.name}</span>
                    <span className="text-xs text-soft">{one.type} · {one.provider}</span>
                    <Badge tone={tones[one.status]}>{one.status}</Badge>
                  </p>
                  {one.error && <p className="text-xs break-words text-bad">{one.error}</p>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
