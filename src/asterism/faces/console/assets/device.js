// Shows which device asks for a sign-in, and posts the decision of the person who is signed in.
import { $, call, messageOf, say, whoami } from "./session.js";

let waiting = null; // the code whose device is shown

function describe(device) {
  const client = [device.client_name, device.client_version].filter(Boolean).join(" ");
  const host = [device.hostname, [device.os, device.arch].filter(Boolean).join(" ")].filter(Boolean).join(" · ");
  $("shown-code").textContent = waiting;
  $("client").textContent = client || "The device did not say";
  $("host").textContent = host || "The device did not say";
  $("address").textContent = device.address || "Not known";
  $("time").textContent = new Date(device.requested_at).toLocaleString();
}

async function look() {
  const code = $("code").value.trim().toUpperCase();
  if (!code) return;
  say("");
  const result = await call("GET", `/v1/auth/device/pending/${encodeURIComponent(code)}`);
  if (!result.ok) return say(messageOf(result), true);
  waiting = code;
  describe(result.body.device);
  $("code-form").hidden = true;
  $("decision").hidden = false;
  $("question").focus(); // not the button: Enter must not approve what nobody has read
}

async function decide(action) {
  $("approve").disabled = $("deny").disabled = true;
  const result = await call("POST", "/v1/auth/device/confirm", { user_code: waiting, action });
  $("decision").hidden = true;
  $("onward").hidden = false;
  if (!result.ok) return say(messageOf(result), true);
  say(action === "approve" ? "Approved. You can return to your device." : "Denied. The device was not signed in.");
}

async function begin() {
  const user = await whoami();
  if (!user) {
    const back = `/device${$("code").value ? `?code=${encodeURIComponent($("code").value)}` : ""}`;
    $("signin-link").href = `/signin?next=${encodeURIComponent(back)}`;
    $("signin").hidden = false;
    return;
  }
  $("who").textContent = user.email;
  $("code-form").hidden = false;
  if ($("code").value) look();
}

$("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});
$("approve").addEventListener("click", () => decide("approve"));
$("deny").addEventListener("click", () => decide("deny"));
begin();
