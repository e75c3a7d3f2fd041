import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { conversationList, projectList } from "../../frame/queries.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { useNewestLogs } from "../../log/useProjectLog.ts";
import { Needs } from "./Needs.tsx";
import { NewProject } from "./NewProject.tsx";

const words = texts.home;

/** What needs me, what runs, and my projects. */
export function Home() {
  const { data: projects = [] } = useQuery(projectList);
  useNewestLogs(projects.map((one) => one.id));
  return (
    <Page title={words.title}>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <Needs />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Runs />
          <Projects />
        </div>
      </div>
    </Page>
  );
}

function Runs() {
  const query = useQuery(conversationList);
  return (
    <Section title={words.runs}>
      <Loaded query={query}>
        {(conversations) => {
          const running = conversations.filter((one) => one.state !== "idle");
          if (running.length === 0) return <Empty title={words.nothingRuns}>{words.nothingRunsHint}</Empty>;
          return (
            <ul>
              {running.map((one) => (
                <li key={one.id} className="border-b border-line last:border-0">
                  <Link
                    to="/projects/$projectId/conversations/$conversationId"
                    params={{ projectId: one.project_id, conversationId: one.id }}
                    className="block px-3 py-2 hover:bg-hover"
                  >
                    <span className="row justify-between">
                      <span className="truncate font-medium" dir="auto">{one.title ?? one.workspace_name}</span>
                      <Badge tone={one.state === "waiting" ? "warn" : "good"}>{words.state[one.state]}</Badge>
                    </span>
                    <span className="row text-xs text-soft">
                      <span className="truncate" dir="auto">{one.project_name}</span>
                      {one.queue_length > 0 && <span>· {words.queue(one.queue_length)}</span>}
                      <Time at={one.updated_at} className="ms-auto" />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Projects() {
  const query = useQuery(projectList);
  const [making, setMaking] = useState(false);
  return (
    <Section title={words.projects} actions={<Button data-new-project onClick={() => setMaking(true)}>{words.newProject}</Button>}>
      <Loaded query={query}>
        {(projects) =>
          projects.length === 0 ? (
            <Empty title={words.firstProject}>
              <p>{words.firstProjectHint}</p>
              <p className="mt-2">
                <code className="rounded bg-hover px-2 py-1">{words.pushCommand}</code>
              </p>
            </Empty>
          ) : (
            <ul>
              {projects.map((project) => (
                <li key={project.id} className="border-b border-line last:border-0">
                  <Link to="/projects/$projectId" params={{ projectId: project.id }} className="block px-3 py-2 hover:bg-hover">
                    <span className="row justify-between">
                      <span className="truncate font-medium" dir="auto">{project.name}</span>
                      {project.archived_at ? <Badge>{words.archived}</Badge> : <Time at={project.updated_at} className="text-xs text-faint" />}
                    </span>
                    {project.intent && <span className="block truncate text-xs text-soft" dir="auto">{project.intent}</span>}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <NewProject open={making} onClose={() => setMaking(false)} />
    </Section>
  );
}
