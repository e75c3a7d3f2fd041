import { useQueryClient, useQuery } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Confirm } from "../../parts/Confirm.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
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
                    {one.status !== "deleted" && <Destroy resource={one} />}
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

function Destroy({ resource }: { resource: Shapes["Resource"] }) {
  const client = useQueryClient();
  const onGo = async () => {
    const path = { project_id: resource.project_id, resource_id: resource.id };
    await ask(api.DELETE("/v1/infrastructure/projects/{project_id}/resources/{resource_id}", { params: { path } }));
    await client.invalidateQueries({ queryKey: resourcesOf(resource.project_id).queryKey });
  };
  return <Confirm danger title={words.destroy} about={resource.name} hint={words.destroyHint} onGo={onGo} />;
}
