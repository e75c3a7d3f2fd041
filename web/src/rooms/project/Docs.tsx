import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Prose } from "../../parts/Prose.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { docsOf, documentOf } from "./queries.ts";

const words = texts.project;

/** The documentation files of the workspaces, and the one that is read. */
export function Docs({ projectId }: { projectId: string }) {
  const query = useQuery(docsOf(projectId));
  const { doc } = useSearch({ from: "/projects/$projectId/" });
  return (
    <Section title={words.docs}>
      <Loaded query={query}>
        {({ workspaces, total_files: total }) => {
          if (total === 0) return <Empty title={words.noDocs}>{words.noDocsHint}</Empty>;
          const first = workspaces.find((one) => one.files.length > 0);
          const readme = first?.files.find((file) => /^readme/i.test(file.path)) ?? first?.files[0];
          const wanted = doc ?? (first && readme ? `${first.workspace_id}/${readme.path}` : "");
          const cut = wanted.indexOf("/");
          return (
            <div className="grid sm:grid-cols-[12rem_minmax(0,1fr)]">
              <nav aria-label={words.docs} className="max-h-40 overflow-y-auto border-b border-line p-1.5 sm:max-h-[32rem] sm:border-e sm:border-b-0">
                {workspaces.map((one) => (
                  <div key={one.workspace_id}>
                    <p className="truncate px-1.5 pt-1 text-2xs text-faint" dir="auto">{one.workspace_name}</p>
                    <ul>
                      {one.files.map((file) => (
                        <li key={file.path}>
                          <Link
                            to="/projects/$projectId"
                            params={{ projectId }}
                            search={{ doc: `${one.workspace_id}/${file.path}` }}
                            aria-current={wanted === `${one.workspace_id}/${file.path}` ? "true" : undefined}
                            className="block truncate rounded px-1.5 py-1 text-[0.8125rem] hover:bg-hover aria-[current]:bg-hover aria-[current]:font-medium"
                            title={file.path}
                          >
                            {file.path}
                          </Link>
                        </li>
                      ))}
                    </ul>
                  </div>
                ))}
              </nav>
              <Reader projectId={projectId} workspace={wanted.slice(0, cut)} path={wanted.slice(cut + 1)} />
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Reader({ projectId, workspace, path }: { projectId: string; workspace: string; path: string }) {
  const query = useQuery(documentOf(projectId, workspace, path));
  return (
    <article aria-label={path} tabIndex={0} className="max-h-[32rem] overflow-y-auto px-4 py-3">
      <Loaded query={query}>{({ content }) => <Prose text={content} />}</Loaded>
    </article>
  );
}
