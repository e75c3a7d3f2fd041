import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { integrationList } from "../../frame/queries.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Field } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.settings;
type Integration = Shapes["Integration"];

/** Services that models may read, and write to after a yes. */
export function Integrations() {
  const query = useQuery(integrationList);
  return (
    <Loaded query={query}>
      {(found) => (
        <div className="grid gap-4 lg:grid-cols-2 lg:items-start">
          {found.map((one) => (
            <Service key={one.provider} service={one} />
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Service({ service }: { service: Integration }) {
  const tone = { ok: "good", needs_reauth: "warn", disconnected: "plain" } as const;
  return (
    <Section title={words.service[service.provider]} actions={<Badge tone={tone[service.status]}>{words.serviceStatus[service.status]}</Badge>}>
      {service.connected ? <Connected service={service} /> : <Connect provider={service.provider} />}
      {service.status === "needs_reauth" && <Connect provider={service.provider} />}
    </Section>
  );
}

function Connected({ service }: { service: Integration }) {
  const client = useQueryClient();
  const leaving = useMutation({
    mutationFn: () => ask(api.DELETE("/v1/integrations/{provider}", { params: { path: { provider: service.provider } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: integrationList.queryKey }),
  });
  return (
    <div className="row flex-wrap px-3 py-2.5">
      <span className="min-w-0 flex-1 truncate" dir="auto">{service.account?.name}</span>
      <span className="text-xs text-soft">{service.scopes.join(", ")}</span>
      <Button look="danger" busy={leaving.isPending} onClick={() => leaving.mutate()}>{words.disconnect}</Button>
      {leaving.error && <Trouble error={leaving.error} />}
    </div>
  );
}

function Connect({ provider }: { provider: Integration["provider"] }) {
  const [token, setToken] = useState("");
  const client = useQueryClient();
  const connecting = useMutation({
    mutationFn: () =>
      ask(
        provider === "notion"
          ? api.POST("/v1/integrations/notion/connect", { body: { token } })
          : api.POST("/v1/integrations/github/connect", { body: { token } }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: integrationList.queryKey }),
  });
  return (
    <form
      className="space-y-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        connecting.mutate();
      }}
    >
      <Field label={words.token} type="password" autoComplete="new-password" dir="ltr" hint={words.tokenHint[provider]} value={token} onChange={(event) => setToken(event.target.value)} required />
      {connecting.error && <Trouble error={connecting.error} />}
      <div className="row justify-end">
        <Button type="submit" busy={connecting.isPending} disabled={!token.trim()}>{words.connect}</Button>
      </div>
    </form>
  );
}
