import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { modelList } from "../../frame/queries.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Field } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { apiKeys } from "./queries.ts";
import { providersOf } from "./providers.ts";

const words = texts.settings;

/** My keys at providers of models, and which models they open. */
export function Models() {
  const keys = useQuery(apiKeys);
  const models = useQuery(modelList);
  return (
    <div className="grid gap-4 lg:grid-cols-2 lg:items-start">
      <Section title={words.keys}>
        <Loaded query={keys}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={words.noKeys}>{words.noKeysHint}</Empty>
            ) : (
              <ul>
                {found.map((one) => (
                  <Key key={one.id} entry={one} model={models.data?.models.find((other) => other.provider === one.provider)?.id} />
                ))}
              </ul>
            )
          }
        </Loaded>
        <Loaded query={models}>{({ models: all }) => <AddKey providers={providersOf(all)} />}</Loaded>
      </Section>
      <Section title={words.models}>
        <Loaded query={models}>
          {({ models: all, defaults }) => (
            <ul className="max-h-[60vh] overflow-y-auto" tabIndex={0} aria-label={words.models}>
              {all.map((one) => (
                <li key={one.id} className="row flex-wrap border-b border-line px-3 py-1.5 last:border-0">
                  <span className="min-w-0 flex-1 truncate" title={one.id}>{one.label}</span>
                  {Object.entries(defaults).map(([mode, id]) => id === one.id && <Badge key={mode} tone="accent">{mode}</Badge>)}
                  {one.available ? (
                    <Badge tone="good">{one.source === "user" ? words.byYourKey : words.byServer}</Badge>
                  ) : (
                    <Badge>{words.needsKey}</Badge>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
    </div>
  );
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ["settings"] });
}

function Key({ entry, model }: { entry: Shapes["ApiKey"]; model: string | undefined }) {
  const refresh = useRefresh();
  const { provider } = entry;
  const forgetting = useMutation({
    mutationFn: () => ask(api.DELETE("/v1/auth/api-keys/{provider}", { params: { path: { provider } } })),
    onSuccess: refresh,
  });
  const trying = useMutation({ mutationFn: (name: string) => ask(api.POST("/v1/models/trial", { body: { model: name } })) });
  return (
    <li className="border-b border-line">
      <div className="row flex-wrap px-3 py-1.5">
        <span className="font-medium">{provider}</span>
        <code className="min-w-0 truncate text-soft" dir="ltr">{entry.key_value}</code>
        <Time at={entry.updated_at} className="ms-auto text-xs text-faint" />
        {model && <Button data-try busy={trying.isPending} title={words.tryHint(model)} onClick={() => trying.mutate(model)}>{words.try}</Button>}
        <Button look="danger" busy={forgetting.isPending} onClick={() => forgetting.mutate()}>{words.forget}</Button>
      </div>
      <p role="status" className="px-3 pb-1.5 empty:hidden">
        {trying.data && <span className={trying.data.ok ? "text-good" : "text-bad"}>{trying.data.message ?? words.answers(trying.data.milliseconds)}</span>}
      </p>
      {trying.error && <Trouble error={trying.error} />}
      {forgetting.error && <Trouble error={forgetting.error} />}
    </li>
  );
}

function AddKey({ providers }: { providers: readonly string[] }) {
  const [provider, setProvider] = useState(providers[0] ?? "");
  const [value, setValue] = useState("");
  const refresh = useRefresh();
  const saving = useMutation({
    mutationFn: () => ask(api.POST("/v1/auth/api-keys", { body: { provider, key_value: value } })),
    onSuccess: () => {
      setValue("");
      return refresh();
    },
  });
  return (
    <form
      aria-label={words.setKey}
      className="space-y-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Select
        label={words.provider}
        name="provider"
        value={provider}
        choices={providers.map((one) => ({ value: one, label: one }))}
        onChange={(event) => setProvider(event.target.value)}
      />
      <Field label={words.key} name="key" type="password" autoComplete="new-password" dir="ltr" hint={words.keyHint} value={value} onChange={(event) => setValue(event.target.value)} required />
      {saving.error && <Trouble error={saving.error} />}
      <div className="row justify-end">
        {saving.isSuccess && <span role="status" className="text-soft">{texts.saved}</span>}
        <Button look="primary" type="submit" busy={saving.isPending} disabled={!value.trim()}>{words.setKey}</Button>
      </div>
    </form>
  );
}
