// The first page: who is signed in, and what there is.
import { $, call, messageOf, say, whoami } from "./session.js";

async function begin() {
  const user = await whoami();
  $("visitor").hidden = Boolean(user);
  $("home").hidden = !user;
  if (!user) return;
  $("who").textContent = user.email;
  const result = await call("GET", "/v1/projects?limit=50");
  if (!result.ok) return say(messageOf(result), true);
  const rows = result.body.projects.map((project) => {
    const row = document.createElement("li");
    row.textContent = project.name;
    return row;
  });
  $("projects").replaceChildren(...rows);
  $("none").hidden = rows.length > 0;
}

begin();
