// The signed-in session of this browser: one token in local storage, sent as a bearer token to /v1.

// The second key is where an existing web app, served from the same origin, looks for its token.
const KEYS = ["asterism_token", "fst_token"];

export function token() {
  return localStorage.getItem(KEYS[0]) || localStorage.getItem(KEYS[1]);
}

export function keep(text) {
  for (const key of KEYS) localStorage.setItem(key, text);
}

export function forget() {
  for (const key of KEYS) localStorage.removeItem(key);
}

// Calls /v1 and returns {ok, status, body}; a network failure looks like status 0.
export async function call(method, path, body) {
  const headers = {};
  const bearer = token();
  if (bearer) headers["Authorization"] = `Bearer ${bearer}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { ok: false, status: 0, body: { error: { message: "The server cannot be reached." } } };
  }
}

// Returns who is signed in, or null; a token that is no longer good is forgotten.
export async function whoami() {
  if (!token()) return null;
  const { ok, status, body } = await call("GET", "/v1/auth/me");
  if (ok) return body.user;
  if (status === 401) forget();
  return null;
}

// Returns where to go after signing in: only ever a path of this very origin.
export function safeNext(wanted) {
  if (!wanted) return null;
  try {
    const url = new URL(wanted, location.origin);
    if (url.origin !== location.origin || !/^\/(?![\/\\])/.test(wanted)) return null;
    return url.pathname + url.search + url.hash;
  } catch {
    return null;
  }
}

export const $ = (id) => document.getElementById(id);

export function say(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

// Returns what went wrong, what to do about it, and the request to name to whoever runs the server.
export function messageOf(result) {
  const { message, hint, details } = result.body?.error || {};
  const request = details?.request_id ? `Request ${details.request_id}.` : "";
  return [message || "That did not work.", hint, request].filter(Boolean).join(" ");
}
