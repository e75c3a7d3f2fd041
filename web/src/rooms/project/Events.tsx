import type { Shapes } from "../../api/client.ts";
import { Section } from "../../parts/Section.tsx";
import { Empty } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";

export function Events({ events }: { events: readonly Shapes["Event"][] }) {
  return (
    <Section title={texts.project.events}>
      {events.length === 0 ? (
        <Empty title={texts.frame.emptyLog} />
      ) : (
        <ol>
          {events.slice(0, 20).map((event) => (
            <li key={event.id} className="row justify-between border-b border-line px-3 py-1.5 text-[0.8125rem] last:border-0">
              <span className="min-w-0">
                <span className="block truncate" dir="auto">{event.message ?? event.type}</span>
                <span className="block truncate text-2xs text-faint">
                  {event.message ? `${event.type} · ${event.actor}` : event.actor}
                </span>
              </span>
              <Time at={event.created_at} className="text-xs text-faint" />
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
