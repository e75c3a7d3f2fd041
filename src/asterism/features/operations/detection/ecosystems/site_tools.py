"""Frameworks for Node: what builds them when no script says so, and what is started or served of the result."""

from dataclasses import dataclass
from typing import Final

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import declared
from asterism.features.operations.detection.packages import node_packages
from asterism.features.operations.detection.source import Source, member, text_member

_NITRO: Final = "node .output/server/index.mjs"
_VITE_FOLDER = compiled(r"""\boutDir\s*:\s*["']([\w./-]+)["']""")
_ELEVENTY_FOLDER = compiled(r"""\boutput\s*:\s*["']([\w./-]+)["']""")
_EXPORT = compiled(r"""\boutput\b[^\n]{0,40}["']export["']""")
_NO_SERVER = compiled(r"\bssr\s*:\s*false\b")
_DOCS_FOLDER = compiled(r"\b(?:vitepress|vuepress)(?:-vite|-webpack)? build ([^\s-]\S*)")


@dataclass(frozen=True, slots=True)
class Usual:
    """How apps of a framework are usually built, started, or served from `output`."""

    build: str | None = None
    start: str | None = None
    output: str | None = None


USUAL: Final = {
    "next": Usual("next build", "next start", "out"),
    "nuxt": Usual("nuxt build", _NITRO, ".output/public"),
    "nestjs": Usual("nest build", "node dist/main"),
    "remix": Usual("remix build", "remix-serve build/server/index.js"),
    "react-router": Usual("react-router build", "react-router-serve ./build/server/index.js", "build/client"),
    "solid-start": Usual("vinxi build", _NITRO),
    "tanstack-start": Usual("vite build", _NITRO),
    "nitro": Usual("nitro build", _NITRO),
    "redwood": Usual("yarn rw build", "yarn rw serve"),
    "strapi": Usual("strapi build", "strapi start"),
    "gatsby": Usual("gatsby build", output="public"),
    "eleventy": Usual("eleventy", output="_site"),
    "docusaurus": Usual("docusaurus build", output="build"),
    "vitepress": Usual("vitepress build", output=".vitepress/dist"),
    "vuepress": Usual("vuepress build", output=".vuepress/dist"),
    "astro": Usual("astro build", output="dist"),
    "angular": Usual("ng build", output="dist"),
    "hexo": Usual("hexo generate", output="public"),
    "gridsome": Usual("gridsome build", output="dist"),
    "umi": Usual("umi build", output="dist"),
    "ember": Usual("ember build --environment=production", output="dist"),
    "stencil": Usual("stencil build", output="www"),
    "brunch": Usual("brunch build --production", output="public"),
    "metalsmith": Usual(output="build"),
    "dojo": Usual("dojo build --mode dist", output="output/dist"),
    "rspress": Usual("rspress build", output="doc_build"),
    "parcel": Usual("parcel build", output="dist"),
    "hugo": Usual(output="public"),
    "vite": Usual("vite build", output="dist"),
}
_DEVELOPS: Final = frozenset(
    (
        *("react-scripts", "ng", "vite", "gatsby", "docusaurus", "vue-cli-service", "astro", "eleventy", "parcel"),
        *("ember", "hexo", "umi", "stencil", "brunch", "next", "nuxt", "gridsome", "vitepress", "vuepress", "rspress"),
        *("preact", "ionic", "webpack", "webpack-dev-server", "storybook", "hugo", "react-router", "svelte-kit"),
    )
)
"""Programs that show a site to those who develop it, when they are what a start script of a site runs."""
_SCRIPTS: Final = ("npm run dev", "npm run start", "yarn dev", "yarn start", "pnpm dev", "pnpm run dev", "npx ")
_BUILDERS: Final = (
    ("react-scripts", Usual("react-scripts build", output="build")),
    ("preact-cli", Usual("preact build", output="build")),
    ("@vue/cli-service", Usual("vue-cli-service build", output="dist")),
    ("@sveltejs/adapter-static", Usual("vite build", output="build")),
    ("vite", Usual("vite build", output="dist")),
)
"""What builds apps of a framework that several tools build."""
SERVERS: Final = frozenset(name for name, usual in USUAL.items() if usual.start) | {
    *("express", "fastify", "hono", "koa", "hapi", "elysia", "adonis", "sails", "h3"),
}


def usual(source: Source, framework: str | None) -> Usual:
    """Return how an app is built, started or served when nothing in its package.json says so."""
    packages = node_packages(source)
    if "@sveltejs/adapter-node" in packages:
        return Usual("vite build", "node build")
    if "@astrojs/node" in packages:
        return Usual("astro build", "node ./dist/server/entry.mjs")
    if "@sveltejs/kit" in packages and "@sveltejs/adapter-static" not in packages:
        return Usual("vite build", "vite preview --host 0.0.0.0 --port $PORT")
    if framework in USUAL:
        return USUAL[framework]
    if framework in SERVERS:
        return Usual()
    return next((one for package, one in _BUILDERS if package in packages), Usual(output="dist"))


def leaves_files(source: Source, framework: str | None, build: str) -> bool | None:
    """Tell whether a build leaves files to be served as they are; None where that depends on whether it is started."""
    if framework == "next":
        return any(_EXPORT.search(source.text(path)) is not None for path in source.in_root(*_configs("next.config")))
    if framework == "nuxt":
        return "generate" in build
    if framework == "react-router":
        return any(_NO_SERVER.search(source.text(path)) for path in source.in_root(*_configs("react-router.config")))
    if usual(source, framework).start or framework in SERVERS:
        return False
    return True if framework is not None else None


def only_shows(start: str | None) -> bool:
    """Tell whether a start script of a site is for those who develop, so that the files are what is deployed."""
    return start is None or start.split()[0] in _DEVELOPS or start.startswith(_SCRIPTS)


def output(source: Source, framework: str | None, build: str) -> str:
    """Return the folder that a build leaves to be served."""
    said = declared.output(source)
    if said:
        return said
    folder = usual(source, framework).output or "dist"
    if framework in {"vitepress", "vuepress"}:
        place = _DOCS_FOLDER.search(build)
        inside = declared.folder_inside(place[1]) if place else None
        return f"{inside}/{folder}" if inside and inside != "." else folder
    if framework == "angular":
        return _angular_output(source)
    pattern = _ELEVENTY_FOLDER if framework == "eleventy" else _VITE_FOLDER
    names = (".eleventy", "eleventy.config") if framework == "eleventy" else ("vite.config",)
    for path in (path for name in names for path in source.in_root(*_configs(name))):
        found = pattern.search(source.text(path))
        if found:
            return declared.folder_inside(found[1]) or folder
    return folder


def _configs(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{ending}" for ending in ("js", "mjs", "cjs", "ts", "mts"))


def _angular_output(source: Source) -> str:
    projects = source.json("angular.json").get("projects")
    for name, project in projects.items() if isinstance(projects, dict) else ():
        options = member(project, "architect", "build")
        browser = "application" in (text_member(options, "builder") or "")
        path = declared.folder_inside(text_member(options, "options", "outputPath")) or f"dist/{name}"
        return f"{path}/browser" if browser else path
    return "dist"
