// Finishes what a person began: connects the service that sent the browser back here, for who is signed in.
import { $, call, messageOf, say, whoami } from "./session.js";

const { provider, label } = $("connect").dataset;
const told = new URLSearchParams(location.search);

function given() {
  const found = {};
  for (const name of ["code", "state"]) if (told.get(name)) found[name] = told.get(name);
  if (told.get("installation_id")) found.installation_id = Number(told.get("installation_id"));
  if (provider === "notion") found.redirect_uri = location.origin + location.pathname;
  return found;
}

async function connect() {
  $("go").disabled = true;
  say(`Connecting ${label}…`);
  const result = await call("POST", `/v1/integrations/${provider}/connect`, given());
  $("go").hidden = $("onward").hidden = true;
  history.replaceState(null, "", location.pathname); // a code is good once, and no business of the history
  if (!result.ok) return say(messageOf(result), true);
  const account = result.body.integration?.account?.name;
  say(`${label} is connected${account ? ` as ${account}` : ""}. You can close this page.`);
  $("onward").hidden = false;
}

async function begin() {
  const finished = told.get("code") && told.get("state"); // the state is proof that this very user began it
  const installed = told.get("installation_id");
  if (told.get("error") || !(finished || installed)) return;
  const user = await whoami();
  if (!user) {
    $("signin-link").href = `/signin?next=${encodeURIComponent(location.pathname + location.search)}`;
    $("signin").hidden = false;
    return;
  }
  $("who").textContent = user.email;
  $("user").hidden = false;
  if (finished) return connect();
  $("go").hidden = false; // an address alone proves nothing: ask
}

$("go").addEventListener("click", connect);
begin();
