import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { signOut } from "../api/session.ts";
import { Popover } from "../parts/Popover.tsx";
import { texts } from "../texts.ts";
import { me } from "./queries.ts";
import { ThemeChoice } from "./ThemeChoice.tsx";

const ITEM = "row min-h-8 w-full rounded-md px-2 text-start hover:bg-hover";

export function Account() {
  const { data: user } = useQuery(me);
  const name = user?.name ?? user?.email ?? "";
  const leave = async () => {
    await api.POST("/v1/auth/logout", { body: {} }).catch(() => undefined);
    signOut();
  };
  return (
    <Popover
      label={`${texts.frame.account}: ${name}`}
      button={<span aria-hidden="true">{name.slice(0, 1).toUpperCase() || "·"}</span>}
      buttonClass="grid size-8 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
    >
      <p className="truncate px-2 pt-1 pb-2 text-soft" dir="auto">
        {user?.email}
      </p>
      <ThemeChoice name="theme" className="border-t border-line px-2 py-2" />
      <div className="border-t border-line pt-1">
        <Link className={ITEM} to="/settings">
          {texts.frame.settings}
        </Link>
        <a className={ITEM} href="/device">
          {texts.frame.device}
        </a>
        <a className={ITEM} href="/schema">
          {texts.frame.api}
        </a>
        <button type="button" className={ITEM} onClick={() => void leave()}>
          {texts.frame.signOut}
        </button>
      </div>
    </Popover>
  );
}
