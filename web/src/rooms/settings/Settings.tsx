import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Page } from "../../parts/Page.tsx";
import { TAB, Tabs } from "../../parts/Tabs.tsx";
import { texts } from "../../texts.ts";
import { Access } from "./Access.tsx";
import { Audit } from "./Audit.tsx";
import { Integrations } from "./Integrations.tsx";
import { Look } from "./Look.tsx";
import { Models } from "./Models.tsx";
import { userPages } from "./queries.ts";
import { VIEWS } from "./route.tsx";
import { Users } from "./Users.tsx";

const words = texts.settings;
const SHOWN = { models: Models, integrations: Integrations, access: Access, audit: Audit, users: Users, look: Look };

/** What is mine whatever the project: keys of models, services, who has access, what was done, how it looks; and for administrators who has an account. */
export function Settings() {
  const { part: view = "models" } = useSearch({ from: "/settings" });
  const { isSuccess: isAdmin } = useInfiniteQuery(userPages);
  const View = SHOWN[view];
  return (
    <Page title={words.title}>
      <Tabs label={words.views}>
        {VIEWS.filter((one) => one !== "users" || isAdmin).map((one) => (
          <Link
            key={one}
            to="/settings"
            search={{ part: one }}
            aria-current={one === view ? "page" : undefined}
            className={TAB}
          >
            {words.view[one]}
          </Link>
        ))}
      </Tabs>
      <View />
    </Page>
  );
}
