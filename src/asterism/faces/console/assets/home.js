// The first page: who is signed in, and what there is.
import { $, call, messageOf, say, whoami } from "./session.js";

const PAGE = 50; // projects that are asked for at a time

let cursor = ""; // where the next page begins

async function begin() {
  const user = await whoami();
  $("visitor").hidden = Boolean(user);
  $("home").hidden = !user;
  if (!user) return;
  $("who").textContent = user.email;
  $("more").addEventListener("click", more);
  await more();
}

async function more() {
  $("more").disabled = true;
  const result = await call("GET", `/v1/projects?limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`);
  $("more").disabled = false;
  if (!result.ok) return say(messageOf(result), true);
  say("");
  const rows = result.body.projects.map((project) => {
    const row = document.createElement("li");
    row.dir = "auto";
    row.textContent = project.name;
    return row;
  });
  $("projects").append(...rows);
  $("none").hidden = $("projects").childElementCount > 0;
  cursor = result.body.next_cursor || "";
  $("more").hidden = !cursor;
}

begin();
