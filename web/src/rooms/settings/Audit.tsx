import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { auditPages } from "./queries.ts";

const words = texts.settings;

/** What was done in my name that matters for safety, newest first. */
export function Audit() {
  const query = useInfiniteQuery(auditPages);
  return (
    <Section title={words.audit}>
      <Loaded query={query}>
        {({ pages }) => {
          const entries = pages.flatMap((one) => one.entries);
          if (entries.length === 0) return <Empty title={words.noAudit} />;
          return (
            <ol>
              {entries.map((one) => (
                <li key={one.id} className="flex flex-wrap items-baseline gap-x-2 border-b border-line px-3 py-1.5">
                  <code>{one.action}</code>
                  <span className="min-w-0 flex-1 truncate" dir="auto" title={one.subject ?? undefined}>{one.subject}</span>
                  <span className="text-xs text-soft" dir="ltr">{one.address}</span>
                  <Time at={one.created_at} className="text-xs text-faint" />
                </li>
              ))}
            </ol>
          );
        }}
      </Loaded>
      {query.hasNextPage && (
        <div className="row justify-center p-2">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{texts.more}</Button>
        </div>
      )}
    </Section>
  );
}
