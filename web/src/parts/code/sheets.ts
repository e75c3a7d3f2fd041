// Editors come with rules of style, which `style-mod` writes into the page as `<style>`: the policy of the page forbids that.
// Sheets that a script makes are allowed, so the rules go there, in the order that is asked for.
import { StyleModule } from "style-mod";

const sheets = new Map<StyleModule, CSSStyleSheet>();
let order: readonly StyleModule[] = [];

StyleModule.mount = (_root, modules) => {
  const next = [...order];
  let at = 0;
  for (const one of Array.isArray(modules) ? modules : [modules]) {
    const known = next.indexOf(one);
    if (known < 0) next.splice(at++, 0, one);
    else at = known + 1;
  }
  if (next.length === order.length) return;
  order = next;
  document.adoptedStyleSheets = order.map(sheetOf);
};

function sheetOf(module: StyleModule): CSSStyleSheet {
  const found = sheets.get(module) ?? new CSSStyleSheet();
  if (!sheets.has(module)) {
    found.replaceSync(module.getRules());
    sheets.set(module, found);
  }
  return found;
}
