import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { Item } from "./Item.tsx";
import { itemsOf } from "./queries.ts";

const words = texts.items;
const FROM = "/projects/$projectId/items";
const TONES: Record<Shapes["ActionItem"]["severity"], Tone> = { critical: "bad", warning: "warn", info: "plain" };

/** What somebody should look at in a project, and what agents made of it. */
export function Items() {
  const { projectId } = useParams({ from: FROM });
  const { item } = useSearch({ from: FROM });
  const query = useQuery(itemsOf(projectId));
  return (
    <Page title={words.title}>
      <Loaded query={query}>
        {(items) => {
          const chosen = items.find((one) => one.id === item) ?? items[0];
          if (!chosen) return <Empty title={words.none}>{words.noneHint}</Empty>;
          return (
            <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] lg:items-start">
              <Section title={words.list} actions={<Badge>{items.length}</Badge>}>
                <ul className="max-h-[70vh] overflow-y-auto">
                  {items.map((one) => (
                    <li key={one.id} className="border-b border-line last:border-0">
                      <Link
                        from={FROM}
                        to="."
                        search={{ item: one.id }}
                        aria-current={one.id === chosen.id ? "true" : undefined}
                        className="block px-3 py-2 hover:bg-hover aria-[current]:bg-accent-soft"
                      >
                        <span className="row items-baseline">
                          <Badge tone={TONES[one.severity]}>{texts.home.severity[one.severity]}</Badge>
                          <span className="min-w-0 break-words" dir="auto">{one.title}</span>
                        </span>
                        <span className="row text-xs text-soft">
                          <span className="truncate" dir="auto">{one.workspace_name}</span>
                          <Time at={one.created_at} className="ms-auto" />
                        </span>
                      </Link>
                    </li>
                  ))}
                </ul>
              </Section>
              <Item key={chosen.id} item={chosen} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
