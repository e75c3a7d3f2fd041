import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connection } from "./api/connection.ts";
import { Problem } from "./api/problem.ts";
import { goToSignIn, token, watchSession } from "./api/session.ts";
import { applyTheme, watchTheme } from "./frame/theme.ts";
import { router } from "./router.tsx";
import "./styles/index.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000, // what changes is told by the project log
      refetchOnWindowFocus: true,
      retry: (count, error) => {
        const { status } = Problem.of(error);
        return count < 2 && (status === 0 || status === 429 || status >= 500);
      },
    },
  },
});

applyTheme();
watchTheme();
if (token() === null) {
  goToSignIn();
} else {
  watchSession();
  connection.subscribe(() => {
    if (connection.isUp()) void client.invalidateQueries({ predicate: (query) => query.queryKey[2] !== "log" });
  });
  createRoot(document.getElementById("root") as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
