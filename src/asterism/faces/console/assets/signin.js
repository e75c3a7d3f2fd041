// Signs in by a one-time code (in the fragment, so that no server log holds it), or by a provider's ID token.
import { $, call, forget, keep, messageOf, safeNext, say, token, whoami } from "./session.js";

const PENDING = "asterism_sign_in"; // what was sent to a provider: {name, state, nonce, next}
const next = safeNext(new URLSearchParams(location.search).get("next"));

async function finish(result, goTo) {
  if (!result.ok) {
    say(messageOf(result), true);
    return show();
  }
  keep(result.body.access_token);
  if (goTo) return location.replace(goTo);
  say("");
  return show();
}

async function withCode(text) {
  const code = text.trim().replace(/^.*#/, "");
  say("Signing in…");
  await finish(await call("POST", "/v1/auth/link", { code }), next);
}

async function withProviderAnswer(answer) {
  const sent = JSON.parse(sessionStorage.getItem(PENDING) || "null");
  sessionStorage.removeItem(PENDING);
  if (!sent || sent.state !== answer.get("state") || !answer.get("id_token")) {
    say("The sign-in was not completed.", true);
    return show();
  }
  const body = { credential: answer.get("id_token"), nonce: sent.nonce };
  await finish(await call("POST", `/v1/auth/${sent.name}`, body), safeNext(sent.next));
}

function random() {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (b) => b.toString(16).padStart(2, "0")).join("");
}

function goToProvider(provider) {
  const sent = { name: provider.name, state: random(), nonce: random(), next };
  sessionStorage.setItem(PENDING, JSON.stringify(sent));
  const url = new URL(provider.authorization_endpoint);
  const query = {
    client_id: provider.client_ids[0],
    response_type: "id_token",
    response_mode: "fragment",
    redirect_uri: `${location.origin}/signin`,
    scope: "openid email profile",
    state: sent.state,
    nonce: sent.nonce,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  location.assign(url);
}

async function show() {
  const user = await whoami();
  $("done").hidden = !user;
  $("link-form").hidden = Boolean(user);
  $("providers").replaceChildren();
  if (user) {
    $("who").textContent = user.email;
    return;
  }
  const { body } = await call("GET", "/v1/auth/providers");
  for (const provider of body.providers || []) {
    if (!provider.authorization_endpoint) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = `Sign in with ${provider.title}`;
    button.addEventListener("click", () => goToProvider(provider));
    $("providers").append(button);
  }
}

$("link-form").addEventListener("submit", (event) => {
  event.preventDefault();
  withCode($("code").value);
});

$("signout").addEventListener("click", async () => {
  if (token()) await call("POST", "/v1/auth/logout", {});
  forget();
  say("You are signed out.");
  show();
});

const fragment = location.hash.slice(1);
if (fragment) history.replaceState(null, "", location.pathname + location.search);
if (fragment.startsWith("ast_l_")) withCode(fragment);
else if (fragment.includes("state=")) withProviderAnswer(new URLSearchParams(fragment));
else show();
