import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import type { Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Beside, Entry, Listing } from "../../parts/Listing.tsx";
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
            <Beside>
              <Section title={words.list} actions={<Badge>{items.length}</Badge>}>
                <Listing>
                  {items.map((one) => (
                    <Entry key={one.id} from={FROM} to="." search={{ item: one.id }} chosen={one.id === chosen.id}>
                      <span className="row items-baseline">
                        <Badge tone={TONES[one.severity]}>{texts.home.severity[one.severity]}</Badge>
                        <span className="min-w-0 break-words" dir="auto">{one.title}</span>
                      </span>
                      <span className="row text-xs text-soft">
                        <span className="truncate" dir="auto">{one.workspace_name}</span>
                        <Time at={one.created_at} className="ms-auto" />
                      </span>
                    </Entry>
                  ))}
                </Listing>
              </Section>
              <Item key={chosen.id} item={chosen} />
            </Beside>
          );
        }}
      </Loaded>
    </Page>
  );
}
