import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npx vite` beside a running server: requests that are not ours go there.
const server = process.env["ASTERISM_SERVER"] ?? "http://127.0.0.1:3000";
const served = ["/v1", "/api", "/schema", "/signin", "/device", "/health", "/integrations"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    emptyOutDir: true,
    license: { fileName: "licenses.md" }, // of what is bundled; it goes where the rest goes
    assetsInlineLimit: 0, // the policy of the server lets nothing inline in
    modulePreload: { polyfill: false },
    target: "es2023",
    // What the first screen needs is one file: each file more is one more request before anything is drawn.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", test: /src\/main\.tsx$/ }] } } },
  },
  server: { proxy: Object.fromEntries(served.map((path) => [path, { target: server, changeOrigin: true, ws: true }])) },
});
