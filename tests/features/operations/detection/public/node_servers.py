"""Servers for Node, Bun and Deno."""

from tests.features.operations.detection.apps import App, package

NODE_SERVERS = [
    App(
        "heroku node-js-getting-started",
        {
            "package.json": package({"start": "node index.js", "test": "node test.js"}, ["express", "ejs"]),
            "index.js": "",
            "test.js": "",
            "Procfile": "web: node index.js\n",
            "package-lock.json": "{}",
        },
        *("node", "npm", None, "node index.js", "express"),
    ),
    App(
        "render express-hello-world",
        {"package.json": package({"start": "node app.js"}, ["express"]), "app.js": "", "yarn.lock": ""},
        *("node", "yarn", None, "node app.js", "express"),
    ),
    App(
        "render fastify-hello-world",
        {"package.json": package({"start": "node server.js"}, ["fastify"]), "server.js": "", "yarn.lock": ""},
        *("node", "yarn", None, "node server.js", "fastify"),
    ),
    App(
        "nixpacks node, main that is not there",
        {"package.json": package(main="src/run.js"), "index.js": ""},
        *("node", "npm", None, "node index.js"),
    ),
    App(
        "nixpacks node with python",
        {"package.json": package({"start": "node index.js"}), "index.js": "", "requirements.txt": "cowsay", "a.py": ""},
        *("node", "npm", None, "node index.js"),
    ),
    App(
        "express in TypeScript, main in dist",
        {
            "package.json": package({"build": "tsc"}, ["express"], ["typescript"], main="dist/index.js"),
            "src/index.ts": "",
            "tsconfig.json": "{}",
        },
        *("node", "npm", "tsc", "node dist/index.js", "express"),
    ),
    App(
        "express in TypeScript, start for production",
        {
            "package.json": package({"build": "tsc", "dev": "tsx src/a.ts", "start:prod": "node dist/a.js"}, ["koa"]),
            "pnpm-lock.yaml": "",
        },
        *("node", "pnpm", "tsc", "node dist/a.js", "koa"),
    ),
    App(
        "nest starter",
        {
            "package.json": package(
                {"build": "nest build", "start": "nest start", "start:prod": "node dist/main"},
                ["@nestjs/core", "@nestjs/platform-express"],
            ),
            "nest-cli.json": "{}",
            "package-lock.json": "{}",
        },
        *("node", "npm", "nest build", "nest start", "nestjs"),
    ),
    App(
        "next without scripts",
        {"package.json": package(deps=["next", "react"]), "pages/index.js": ""},
        *("node", "npm", "next build", "next start", "next"),
    ),
    App(
        "react-router framework",
        {
            "package.json": package(
                {"build": "react-router build", "dev": "react-router dev"},
                ["react-router", "@react-router/serve", "@react-router/node", "react"],
                ["@react-router/dev", "vite"],
            ),
            "react-router.config.ts": "export default { ssr: true }",
            "vite.config.ts": "",
        },
        *("node", "npm", "react-router build", "react-router-serve ./build/server/index.js", "react-router"),
    ),
    App(
        "sveltekit, adapter-auto",
        {
            "package.json": package({"build": "vite build"}, dev=["@sveltejs/kit", "@sveltejs/adapter-auto", "vite"]),
            "svelte.config.js": "",
            "vite.config.js": "",
        },
        *("node", "npm", "vite build", "vite preview --host 0.0.0.0 --port $PORT", "svelte"),
    ),
    App(
        "solid start",
        {
            "package.json": package(
                {"build": "vinxi build", "dev": "vinxi dev"}, ["@solidjs/start", "solid-js", "vinxi"]
            ),
            "app.config.ts": "",
        },
        *("node", "npm", "vinxi build", "node .output/server/index.mjs", "solid-start"),
    ),
    App(
        "tanstack start",
        {
            "package.json": package(
                {"build": "vite build", "start": "node .output/server/index.mjs"},
                ["@tanstack/react-start", "react"],
                ["vite"],
            ),
            "vite.config.ts": "",
            "package-lock.json": "{}",
        },
        *("node", "npm", "vite build", "node .output/server/index.mjs", "tanstack-start"),
    ),
    App(
        "strapi",
        {
            "package.json": package(
                {"build": "strapi build", "develop": "strapi develop", "start": "strapi start"},
                ["@strapi/strapi", "react"],
                engines={"node": ">=18.0.0 <=22.x.x"},
            ),
            "yarn.lock": "",
        },
        *("node", "yarn", "strapi build", "strapi start", "strapi", ">=18.0.0 <=22.x.x"),
    ),
    App(
        "redwood",
        {
            "package.json": package(dev=["@redwoodjs/core"], workspaces=["api", "web"], packageManager="yarn@4.1.0"),
            "redwood.toml": "",
            ".yarnrc.yml": "",
            "yarn.lock": "",
        },
        *("node", "yarn", "yarn rw build", "yarn rw serve", "redwood"),
    ),
    App(
        "yarn 2 without a lock file",
        {"package.json": package({"start": "node ."}), ".yarnrc.yml": "", ".yarn/releases/yarn-3.js": ""},
        *("node", "yarn", None, "node ."),
    ),
    App(
        "package manager in devEngines",
        {
            "package.json": package(
                {"start": "node ."}, devEngines={"packageManager": {"name": "pnpm"}, "runtime": {"version": "22"}}
            )
        },
        *("node", "pnpm", None, "node .", None, "22"),
    ),
    App(
        "pnpm in engines",
        {"package.json": package({"start": "node ."}, engines={"node": "20", "pnpm": ">=9"})},
        *("node", "pnpm", None, "node .", None, "20"),
    ),
    App(
        "railpack monorepo with one start",
        {
            "package.json": package(
                {"start": "node packages/api/index.js"}, workspaces=["packages/*"], packageManager="npm@10.9.2"
            ),
            "packages/api/package.json": package(deps=["express"]),
            "packages/web/package.json": package({"build": "vite build"}),
        },
        *("node", "npm", None, "node packages/api/index.js"),
    ),
    App(
        "turborepo starter",
        {
            "package.json": package({"build": "turbo run build", "dev": "turbo run dev"}, dev=["turbo"]),
            "pnpm-workspace.yaml": "packages: ['apps/*']",
            "turbo.json": "{}",
            "pnpm-lock.yaml": "",
            "apps/web/package.json": package({"build": "next build", "start": "next start"}, ["next"]),
            "apps/docs/package.json": package({"build": "next build", "start": "next start"}, ["next"]),
        },
        *("node", "pnpm", "turbo run build", None),
    ),
    App(
        "bun by its start script",
        {"package.json": package({"start": "bun run src/index.ts"}, ["elysia"], ["@types/bun"]), "src/index.ts": ""},
        *("bun", "bun", None, "bun run src/index.ts", "elysia"),
    ),
    App(
        "elysia starter",
        {
            "package.json": package(
                {"dev": "bun run --watch src/index.ts"}, ["elysia"], ["bun-types"], module="src/index.js"
            ),
            "src/index.ts": "",
            "bun.lockb": "",
        },
        *("bun", "bun", None, "bun run src/index.ts", "elysia"),
    ),
    App(
        "nixpacks bun without a start",
        {"package.json": package(module="index.ts"), "index.ts": "", "bun.lockb": ""},
        *("bun", "bun", None, "bun run index.ts"),
    ),
    App(
        "bun named as packageManager",
        {"package.json": package({"start": "bun ."}, packageManager="bun@1.2.0"), "index.ts": ""},
        *("bun", "bun", None, "bun .", None, "1.2.0"),
    ),
    App(
        "nixpacks deno",
        {"src/index.ts": 'import { Application } from "https://deno.land/x/oak/mod.ts";\n'},
        *("deno", "deno", None, "deno run --allow-all src/index.ts"),
    ),
    App(
        "fresh",
        {
            "deno.json": '{"tasks": {"start": "deno run -A dev.ts", "build": "deno run -A dev.ts build"},'
            ' "imports": {"$fresh/": "https://deno.land/x/fresh@1.6/"}}',
            "main.ts": "",
            "dev.ts": "",
        },
        *("deno", "deno", "deno task build", "deno task start", "fresh"),
    ),
    App(
        "deno serve",
        {"deno.json": "{}", "main.ts": "export default { fetch() { return new Response('hi') } }"},
        *("deno", "deno", None, "deno serve --allow-all --host 0.0.0.0 --port $PORT main.ts"),
    ),
    App(
        "railway command beside a package without scripts",
        {
            "package.json": package(deps=["discord.js"]),
            "railway.json": '{"deploy": {"startCommand": "node bot/run.js"}, "build": {"buildCommand": "make"}}',
            "bot/run.js": "",
        },
        *("node", "npm", "make", "node bot/run.js"),
    ),
    App(
        "nixpacks.toml beside a package without scripts",
        {
            "package.json": package(),
            "nixpacks.toml": '[phases.build]\ncmds = ["make a", "make b"]\n[start]\ncmd = "node x/y.js"\n',
        },
        *("node", "npm", "make a && make b", "node x/y.js"),
    ),
]
