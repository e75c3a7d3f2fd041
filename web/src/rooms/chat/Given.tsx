import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "../../parts/Badge.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { newestRun } from "./queries.ts";

const words = texts.chat;

/** What the newest answer was given beside the chat: memory and excerpts, with what each of them took. */
export function Given({ projectId, chatId }: { projectId: string; chatId: string }) {
  const query = useQuery(newestRun(chatId));
  const link = <Link to="/projects/$projectId/memory" params={{ projectId }} className="text-accent underline">{words.toMemory}</Link>;
  return (
    <Section title={words.given} actions={link}>
      <Loaded query={query}>
        {(run) => {
          const items = run?.context ?? [];
          if (items.length === 0) return <Empty title={words.noGiven}>{words.noGivenHint}</Empty>;
          return items.map((one, index) => (
            <details key={index} className="border-b border-line px-3 py-1.5 last:border-0">
              <summary>
                <Badge>{words.kind[one.kind]}</Badge> <span dir="auto">{one.heading}</span>{" "}
                <span className="text-xs text-faint">{words.tokens(one.tokens)}</span>
              </summary>
              <p className="mt-1 max-h-60 overflow-auto break-words whitespace-pre-wrap text-soft" tabIndex={0} dir="auto">{one.text}</p>
            </details>
          ));
        }}
      </Loaded>
    </Section>
  );
}
