import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { deviceList, tokenList } from "./queries.ts";

const words = texts.settings;

/** Which devices and tokens act in my name; each can be taken back, and is refused from then on. */
export function Access() {
  const devices = useQuery(deviceList);
  const tokens = useQuery(tokenList);
  return (
    <div className="grid gap-4 lg:grid-cols-2 lg:items-start">
      <Section title={words.devices} actions={<a href="/device" className="text-accent underline">{texts.frame.device}</a>}>
        <Loaded query={devices}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={words.noDevices}>{words.noDevicesHint}</Empty>
            ) : (
              <ul>
                {found.map((one) => (
                  <Device key={one.id} device={one} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Section>
      <Section title={words.tokens}>
        <Loaded query={tokens}>
          {(found) => (
            <ul className="max-h-[60vh] overflow-y-auto">
              {found.map((one) => (
                <TokenRow key={one.id} token={one} />
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
    </div>
  );
}

function Row({ name, about, current, at, revoke }: { name: string; about: string; current: boolean; at: string | null; revoke: () => Promise<unknown> }) {
  const client = useQueryClient();
  const revoking = useMutation({ mutationFn: revoke, onSuccess: () => client.invalidateQueries({ queryKey: ["settings"] }) });
  const used: ReactNode = at ? <Time at={at} /> : words.neverUsed;
  return (
    <li className="border-b border-line last:border-0">
      <div className="row px-3 py-2">
        <div className="min-w-0 flex-1">
          <p className="row">
            <span className="truncate" dir="auto">{name}</span>
            {current && <Badge tone="accent">{words.thisOne}</Badge>}
          </p>
          <p className="row text-xs text-soft">
            <span className="truncate">{about}</span>
            <span className="shrink-0 text-faint">{used}</span>
          </p>
        </div>
        {!current && (
          <Button look="danger" data-revoke={name} busy={revoking.isPending} aria-label={`${words.revoke}: ${name}`} onClick={() => revoking.mutate()}>
            {words.revoke}
          </Button>
        )}
      </div>
      {revoking.error && <Trouble error={revoking.error} />}
    </li>
  );
}

function Device({ device }: { device: Shapes["Device"] }) {
  const about = [device.client_name, device.client_version, device.platform].filter(Boolean).join(" · ");
  const revoke = () => ask(api.DELETE("/v1/auth/devices/{device_id}", { params: { path: { device_id: device.id } } }));
  return <Row name={device.name} about={about} current={device.current} at={device.last_seen_at} revoke={revoke} />;
}

function TokenRow({ token }: { token: Shapes["Token"] }) {
  const about = [token.client, token.hint, token.scope].filter(Boolean).join(" · ");
  const revoke = () => ask(api.DELETE("/v1/auth/tokens/{token_id}", { params: { path: { token_id: token.id } } }));
  return <Row name={token.name} about={about} current={token.current} at={token.last_used_at} revoke={revoke} />;
}
