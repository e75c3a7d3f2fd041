// `memory_update` is offered only to who names it, and who names one has to name them all.
const FILES = ["list_files", "read_file", "search_files"];
const OF_SERVICE: Record<string, readonly string[]> = {
  notion: ["notion_search", "notion_update"],
  github: ["github_search", "github_pr"],
};

/** Return the tools of a run that may also propose changes of memory: those that `auto` means, and that one. */
export function withMemoryUpdate(services: readonly { provider: string; status: string }[]): string[] {
  const healthy = services.filter((one) => one.status === "ok");
  return [...FILES, ...healthy.flatMap((one) => OF_SERVICE[one.provider] ?? []), "memory_update"];
}
