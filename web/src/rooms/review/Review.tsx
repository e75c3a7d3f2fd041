import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { Begin } from "./Begin.tsx";
import { Folders } from "./Folders.tsx";
import { OneReview } from "./OneReview.tsx";
import { Past } from "./Past.tsx";
import { folderOf, localFace } from "./queries.ts";
import { Trust } from "./Trust.tsx";

const words = texts.review;

/** Reviews of folders on the machine that the server runs on: choose and trust one, begin a review, work through it. */
export function Review() {
  const query = useQuery(localFace);
  return (
    <Page title={words.title}>
      <Loaded query={query}>{(served) => (served ? <Rooms /> : <Empty title={words.notHere}>{words.notHereHint}</Empty>)}</Loaded>
    </Page>
  );
}

function Rooms() {
  const { root, review } = useSearch({ from: "/review" });
  const folder = useQuery(folderOf(root));
  const trusted = folder.data?.trust?.capabilities.readFiles;
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,5fr)] lg:items-start">
      <div className="flex min-w-0 flex-col gap-4">
        <Folders root={folder.data?.path ?? root ?? ""} />
        <Loaded query={folder}>
          {(project) =>
            trusted ? (
              <>
                <Begin root={project.path} />
                <Past root={project.path} />
              </>
            ) : (
              <Trust project={project} />
            )
          }
        </Loaded>
      </div>
      <div className={`flex min-w-0 flex-col gap-4 ${review ? "order-first lg:order-none" : ""}`}>
        {review ? <OneReview key={review} id={review} /> : <Section title={words.one}><Empty title={words.choose}>{words.chooseHint}</Empty></Section>}
      </div>
    </div>
  );
}
