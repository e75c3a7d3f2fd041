// A program that uses the generated types: what it may rely on, and what the compiler must refuse.
import type { components, paths } from "./api";

type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

export function names(answer: Answer<"/v1/projects", "get">): string[] {
  return answer.projects.map((project) => project.name);
}

export function open(answer: Answer<"/v1/workspaces/{workspace_id}/sync/prepare", "post">): string[] {
  return answer.preview.decisions_needed.map((decision) => decision.path);
}

export function worst(answer: Answer<"/api/triage/reviews/{id}", "get">): string | undefined {
  return answer.review.result.issues[0]?.title;
}

// @ts-expect-error a project has no colour
export const colour = (project: components["schemas"]["Project"]) => project.colour;
