// Light, dark, or as the system has it; remembered in this browser.
const KEY = "asterism_theme";
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((one) => one === kept) ?? "system";
}

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Show the console in a theme, from now on too. */
export function applyTheme(wanted: Theme = theme()): void {
  if (wanted === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, wanted);
  const shown = wanted === "system" ? (dark.matches ? "dark" : "light") : wanted;
  document.documentElement.dataset["theme"] = shown;
}

/** Follow the system where it is followed. */
export function watchTheme(): void {
  dark.addEventListener("change", () => applyTheme());
}
