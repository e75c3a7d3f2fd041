// What stands where there is nothing yet, where something is waited for, and where something went wrong.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Problem } from "../api/problem.ts";
import { texts } from "../texts.ts";
import { Button, Spinner } from "./Button.tsx";

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="mx-auto mt-1 max-w-md text-soft">{children}</div>}
    </div>
  );
}

export function Waiting({ label = texts.waiting }: { label?: string }) {
  return (
    <p role="status" data-waiting className="row justify-center px-4 py-8 text-soft">
      <Spinner />
      {label}
    </p>
  );
}

export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = Problem.of(error);
  return (
    <div role="alert" className="m-2 rounded-md border border-line bg-bad-soft px-3 py-2 text-bad">
      <p className="font-medium break-words">{problem.message}</p>
      {problem.hint && <p className="mt-0.5 break-words text-ink">{problem.hint}</p>}
      <div className="row mt-1 flex-wrap text-xs text-soft">
        {problem.requestId && (
          <span className="break-all">
            {texts.problem.request} <code>{problem.requestId}</code>
          </span>
        )}
        {onRetry && (
          <Button onClick={onRetry} className="ms-auto">
            {texts.problem.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Show what a query brought; until then, or instead, how it stands with it. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting />;
}
