import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { wholeProject } from "../../frame/queries.ts";
import { Page } from "../../parts/Page.tsx";
import { Loaded } from "../../parts/States.tsx";
import { Brief } from "./Brief.tsx";
import { Decisions } from "./Decisions.tsx";
import { Docs } from "./Docs.tsx";
import { Events } from "./Events.tsx";
import { NextSteps } from "./NextSteps.tsx";
import { Workspaces } from "./Workspaces.tsx";

/** A project at a glance: who works where, what happened, what it is for, and what comes next. */
export function Overview() {
  const { projectId } = useParams({ from: "/projects/$projectId/" });
  const query = useQuery(wholeProject(projectId));
  return (
    <Loaded query={query}>
      {({ project, events }) => (
        <Page title={project.name}>
          <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="flex min-w-0 flex-col gap-4">
              <Workspaces projectId={projectId} />
              <Docs projectId={projectId} />
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              <Brief projectId={projectId} />
              <NextSteps projectId={projectId} />
              <Decisions projectId={projectId} />
              <Events events={events} />
            </div>
          </div>
        </Page>
      )}
    </Loaded>
  );
}
