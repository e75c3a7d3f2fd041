"""Examples of many hosts, written down after the rules: a second time."""

from tests.features.operations.detection.apps import App, package

MIXED_AGAIN = [
    App(
        "t3 app",
        {
            "package.json": package(
                {"build": "next build", "dev": "next dev --turbo", "start": "next start"},
                ["next", "@prisma/client", "react"],
                packageManager="pnpm@9.0.0",
            ),
            "next.config.js": "",
            "pnpm-lock.yaml": "",
            "prisma/schema.prisma": "",
        },
        "node",
        "pnpm",
        "next build",
        "next start",
    ),
    App(
        "medusa",
        {
            "package.json": package(
                {"build": "medusa build", "start": "medusa start", "dev": "medusa develop"},
                ["@medusajs/medusa", "react"],
            ),
            "medusa-config.ts": "",
            "yarn.lock": "",
            ".yarnrc.yml": "",
        },
        "node",
        "yarn",
        "medusa build",
        "medusa start",
    ),
    App(
        "payload",
        {
            "package.json": package(
                {
                    "build": "cross-env NODE_OPTIONS=--no-deprecation next build",
                    "start": "cross-env NODE_OPTIONS=--no-deprecation next start",
                },
                ["next", "payload", "react"],
            ),
            "next.config.mjs": "",
            "pnpm-lock.yaml": "",
        },
        "node",
        "pnpm",
        "cross-env NODE_OPTIONS=--no-deprecation next build",
        "cross-env NODE_OPTIONS=--no-deprecation next start",
    ),
    App(
        "discord bot ts",
        {
            "package.json": package(
                {"build": "tsc", "dev": "tsx src/index.ts"},
                ["discord.js"],
                ["typescript", "tsx"],
                main="./dist/index.js",
            ),
            "src/index.ts": "",
            "tsconfig.json": "{}",
        },
        "node",
        "npm",
        "tsc",
        "node dist/index.js",
    ),
    App(
        "qwik city",
        {
            "package.json": package(
                {"build": "qwik build", "serve": "node server/entry.express", "start": "vite --open --mode ssr"},
                dev=["@builder.io/qwik", "@builder.io/qwik-city", "vite"],
            ),
            "vite.config.ts": "",
        },
        "node",
        "npm",
        "qwik build",
        "vite --open --mode ssr",
        output="dist",
    ),
    App(
        "svelte vite ts",
        {
            "package.json": package(
                {"dev": "vite", "build": "vite build"}, dev=["svelte", "@sveltejs/vite-plugin-svelte", "vite"]
            ),
            "index.html": "",
            "svelte.config.js": "",
            "vite.config.ts": "",
            "package-lock.json": "{}",
        },
        "node",
        "npm",
        "vite build",
        None,
        output="dist",
    ),
    App(
        "storybook lib",
        {
            "package.json": package(
                {"build": "tsup", "storybook": "storybook dev -p 6006", "build-storybook": "storybook build"},
                ["react"],
                ["storybook", "tsup"],
            ),
            "tsup.config.ts": "",
            "pnpm-lock.yaml": "",
        },
        "node",
        "pnpm",
        "tsup",
        None,
        output="dist",
    ),
    App(
        "nx integrated",
        {
            "package.json": package({"start": "nx serve", "build": "nx build"}, ["express"], ["nx"]),
            "nx.json": "{}",
            "apps/api/project.json": "{}",
            "apps/api/src/main.ts": "",
            "package-lock.json": "{}",
        },
        "node",
        "npm",
        "nx build",
        "nx serve",
    ),
    App(
        "lerna",
        {
            "package.json": package({"build": "lerna run build"}, dev=["lerna"], workspaces=["packages/*"]),
            "lerna.json": "{}",
            "packages/a/package.json": package(),
            "yarn.lock": "",
        },
        "node",
        "yarn",
        "lerna run build",
        None,
    ),
    App(
        "socket.io chat",
        {
            "package.json": package({"start": "node index.js"}, ["express", "socket.io"]),
            "index.js": "",
            "public/index.html": "",
            "public/main.js": "",
        },
        "node",
        "npm",
        None,
        "node index.js",
    ),
    App(
        "parse server",
        {
            "package.json": package(
                {"start": "node index.js"}, ["parse-server", "express"], main="index.js", engines={"node": ">=18"}
            ),
            "index.js": "",
            "app.json": "{}",
            "package-lock.json": "{}",
        },
        "node",
        "npm",
        None,
        "node index.js",
    ),
    App(
        "flask w/ package",
        {
            "requirements.txt": "flask\ngunicorn\n",
            "Procfile": "web: gunicorn app:app --log-file=-\n",
            "app.py": "",
            "package.json": package({"build": "gulp"}, dev=["gulp"]),
            "gulpfile.js": "",
        },
        "python",
        "pip",
        None,
        "gunicorn app:app --log-file=-",
    ),
    App(
        "cookiecutter django",
        {
            "requirements/base.txt": "django==4.2\n",
            "requirements/production.txt": "-r base.txt\ngunicorn\n",
            "requirements.txt": "-r requirements/production.txt\n",
            "manage.py": "",
            "config/wsgi.py": "",
            "config/settings/base.py": 'WSGI_APPLICATION = "config.wsgi.application"\n',
            "package.json": package({"dev": "gulp", "build": "gulp build"}),
            "gulpfile.js": "",
        },
        "python",
        "pip",
        None,
        "gunicorn config.wsgi --bind 0.0.0.0:$PORT",
    ),
    App(
        "uv fastapi cli",
        {
            "pyproject.toml": '[project]\nrequires-python=">=3.12"\ndependencies=["fastapi[standard]>=0.115"]\n',
            "uv.lock": "",
            "main.py": 'from fastapi import FastAPI\n\napp = FastAPI(title="x")\n',
            ".python-version": "3.12\n",
        },
        "python",
        "uv",
        None,
        "uvicorn main:app --host 0.0.0.0 --port $PORT",
    ),
    App(
        "langserve",
        {
            "pyproject.toml": '[tool.poetry.dependencies]\npython="^3.11"\nuvicorn="^0.23"\nlangserve="*"\n',
            "app/__init__.py": "",
            "app/server.py": "app = FastAPI()\n",
            "Dockerfile": "",
        },
        "python",
        "poetry",
        None,
        "uvicorn app.server:app --host 0.0.0.0 --port $PORT",
    ),
    App(
        "streamlit hello",
        {"requirements.txt": "streamlit\npandas\n", "Hello.py": "import streamlit as st\n", "pages/1_a.py": ""},
        "python",
        "pip",
        None,
        "streamlit run Hello.py --server.address 0.0.0.0 --server.port $PORT",
    ),
]
