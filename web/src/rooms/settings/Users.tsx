import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Confirm } from "../../parts/Confirm.tsx";
import { Field } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { userPages } from "./queries.ts";

const words = texts.settings;
type User = Shapes["ServerUser"];

/** Who has an account on this server, and who looks after it; for administrators. */
export function Users() {
  const query = useInfiniteQuery(userPages);
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:items-start">
      <Section title={words.users}>
        <Loaded query={query}>
          {({ pages }) => (
            <ul>
              {pages.flatMap((one) => one.users).map((one) => (
                <UserRow key={one.id} user={one} />
              ))}
            </ul>
          )}
        </Loaded>
        {query.hasNextPage && (
          <div className="row justify-center p-2">
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{texts.more}</Button>
          </div>
        )}
      </Section>
      <NewUser />
    </div>
  );
}

function UserRow({ user }: { user: User }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: userPages.queryKey });
  const path = { user_id: user.id };
  const change = (admin: boolean) => ask(api.PATCH("/v1/users/{user_id}", { params: { path }, body: { is_admin: admin } })).then(again);
  const remove = () => ask(api.DELETE("/v1/users/{user_id}", { params: { path } })).then(again);
  return (
    <li className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 last:border-0" data-user={user.email}>
      <div className="min-w-0 flex-1 basis-48">
        <p className="row">
          <span className="truncate" dir="auto" title={user.email}>{user.name ?? user.email}</span>
          {(user.is_owner || user.is_admin) && <Badge tone="accent">{user.is_owner ? words.owner : words.admin}</Badge>}
        </p>
        <p className="row text-xs text-soft">
          {user.name && <span className="truncate" dir="ltr">{user.email}</span>}
          <Time at={user.created_at} className="shrink-0 text-faint" />
        </p>
      </div>
      {!user.is_owner && (
        <div className="row">
          {user.is_admin ? (
            <Confirm title={words.demote} about={user.email} hint={words.demoteHint} onGo={() => change(false)} />
          ) : (
            <Confirm title={words.promote} about={user.email} hint={words.promoteHint} onGo={() => change(true)} />
          )}
          <Confirm danger title={words.remove} about={user.email} hint={words.removeHint} onGo={remove} />
        </div>
      )}
    </li>
  );
}

function NewUser() {
  const [email, setEmail] = useState("");
  const client = useQueryClient();
  const adding = useMutation({
    mutationFn: () => ask(api.POST("/v1/users", { body: { email } })),
    onSuccess: () => {
      setEmail("");
      return client.invalidateQueries({ queryKey: userPages.queryKey });
    },
  });
  return (
    <Section title={words.newUser}>
      <form
        className="space-y-3 px-3 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          adding.mutate();
        }}
      >
        <Field label={words.email} type="email" name="email" dir="ltr" required value={email} onChange={(event) => setEmail(event.target.value)} hint={words.emailHint} />
        <div className="row justify-end">
          <Button look="primary" type="submit" busy={adding.isPending} disabled={!email.trim()}>{words.addUser}</Button>
        </div>
        {adding.error && <Trouble error={adding.error} />}
        <div role="status">{adding.data && <Invitation added={adding.data} />}</div>
      </form>
    </Section>
  );
}

/** The link that lets somebody in: shown once, as nobody can ask for it again. */
function Invitation({ added }: { added: Shapes["AddedServerUser"] }) {
  return (
    <div className="rounded-md bg-good-soft px-3 py-2 text-good">
      <p className="break-words">{words.invitation(added.user.email, Math.round(added.expires_in / 60))}</p>
      <code className="mt-1 block break-all text-ink select-all" dir="ltr" data-link>{added.link}</code>
    </div>
  );
}
