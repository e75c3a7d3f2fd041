// The one way to the server: typed by its own OpenAPI document, with the token of this browser.
import createClient, { type Middleware } from "openapi-fetch";
import { connection } from "./connection.ts";
import { Problem } from "./problem.ts";
import type { components, paths } from "./schema.d.ts";
import { signOut, token } from "./session.ts";

export type Shapes = components["schemas"];

const bearer: Middleware = {
  onRequest({ request }) {
    const text = token();
    if (text) request.headers.set("Authorization", `Bearer ${text}`);
    return request;
  },
  onResponse({ response }) {
    connection.reached();
    if (response.status === 401) signOut();
    return undefined;
  },
  onError() {
    connection.lost();
    return new Problem(0, undefined);
  },
};

export const api = createClient<paths>({ baseUrl: "/" });
api.use(bearer);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return what a request brought. Throws Problem. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await answer;
  if (!response.ok || data === undefined || data === null) {
    throw new Problem(response.status, error, response.headers.get("x-request-id"));
  }
  return data;
}

/** Return the bytes of an answer that is no JSON. Throws Problem. */
export async function fetchBlob(path: string): Promise<Blob> {
  const response = await fetch(path, { headers: { Authorization: `Bearer ${token() ?? ""}` } });
  if (response.status === 401) signOut();
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => undefined));
  return response.blob();
}
