"""Sites that a JavaScript tool builds."""

from tests.features.operations.detection.apps import App, package


def site(name, build, output, framework=None, deps=(), start=None, manager="npm", files=None, scripts=None, **members):
    """Return a site for Node that `build` makes, with a lock file of its manager."""
    lock = {"npm": "package-lock.json", "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml"}[manager]
    said = {"build": build} if scripts is None else scripts
    tree = {"package.json": package(said | ({"start": start} if start else {}), deps, **members), lock: "{}"}
    return App(name, tree | (files or {}), "node", manager, build, start, framework, output=output)


PAGE = {"index.html": "<div id=app></div>"}
ANGULAR = '{"projects": {"app": {"architect": {"build": {"builder": "%s", "options": {%s}}}}}}'

NODE_SITES = [
    site("vite vanilla", "vite build", "dist", "vite", ["vite"], files=PAGE),
    site("vite vanilla, typed", "tsc && vite build", "dist", "vite", ["vite", "typescript"], files=PAGE),
    site("vite preact", "vite build", "dist", "preact", ["preact", "vite"], files=PAGE),
    site("vite lit", "vite build", "dist", "lit", ["lit", "vite"], files=PAGE),
    site("vite solid", "vite build", "dist", "solid", ["solid-js", "vite"], manager="pnpm", files=PAGE),
    site("vite svelte", "vite build", "dist", "svelte", ["svelte", "vite"], files=PAGE),
    site("vite, start is its dev server", "vite build", "dist", "vite", ["vite"], start="vite", files=PAGE),
    site(
        "next export with its usual scripts",
        "next build",
        "out",
        "next",
        ["next"],
        start="next start",
        files={"next.config.mjs": 'export default { output: "export" }'},
    ),
    site("vue with a server of its own", "vite build", None, "vue", ["vue", "vite"], start="node server.js"),
    site("vite without a build script", "vite build", "dist", "react", ["react", "vite"], files=PAGE, scripts={}),
    site(
        "vite, another folder",
        "vite build",
        "public_site",
        "vue",
        ["vue", "vite"],
        files={"vite.config.ts": "export default defineConfig({ build: { outDir: 'public_site' } })"},
    ),
    site("vue cli", "vue-cli-service build", "dist", "vue", ["vue", "@vue/cli-service"], manager="yarn"),
    site("create-react-app", "react-scripts build", "build", "react", ["react", "react-scripts"]),
    site("preact cli", "preact build", "build", "preact", ["preact", "preact-cli"], files={"src/index.js": ""}),
    site("ember", "ember build --environment=production", "dist", "ember", ["ember-cli"], start="ember serve"),
    site("hexo", "hexo generate", "public", "hexo", ["hexo"], start="hexo server", files={"_config.yml": ""}),
    site("gridsome", "gridsome build", "dist", "gridsome", ["gridsome"], manager="yarn"),
    site("umi", "umi build", "dist", "umi", ["umi", "react"], start="npm run dev"),
    site("stencil", "stencil build", "www", "stencil", ["@stencil/core"], start="stencil build --dev --watch --serve"),
    site("brunch", "brunch build --production", "public", "brunch", ["brunch"], start="brunch watch --server"),
    site("parcel", "parcel build index.html", "dist", "parcel", ["parcel"], start="parcel index.html", files=PAGE),
    site("metalsmith", "node index.js", "build", "metalsmith", ["metalsmith"], files={"index.js": ""}),
    site(
        "docusaurus 2",
        "docusaurus build",
        "build",
        "docusaurus",
        ["@docusaurus/core", "react"],
        start="docusaurus start",
    ),
    site(
        "vitepress in docs",
        "vitepress build docs",
        "docs/.vitepress/dist",
        "vitepress",
        ["vitepress"],
        scripts={"docs:dev": "vitepress dev docs", "docs:build": "vitepress build docs"},
    ),
    site("vuepress in src", "vuepress build src", "src/.vuepress/dist", "vuepress", ["vuepress"]),
    site(
        "eleventy without scripts",
        "eleventy",
        "_site",
        "eleventy",
        ["@11ty/eleventy"],
        scripts={},
        files={"index.md": ""},
    ),
    site(
        "eleventy, another folder",
        "npx @11ty/eleventy",
        "dist",
        "eleventy",
        ["@11ty/eleventy"],
        files={".eleventy.js": "module.exports = () => ({ dir: { input: 'src', output: 'dist' } })"},
    ),
    site("astro", "astro check && astro build", "dist", "astro", ["astro"], start="astro dev"),
    site("gatsby", "gatsby build", "public", "gatsby", ["gatsby", "react"], start="gatsby develop"),
    site(
        "angular, old builder",
        "ng build",
        "dist/app",
        "angular",
        ["@angular/core"],
        start="ng serve",
        files={"angular.json": ANGULAR % ("@angular-devkit/build-angular:browser", '"outputPath": "dist/app"')},
    ),
    site(
        "angular, new builder",
        "ng build",
        "dist/app/browser",
        "angular",
        ["@angular/core"],
        start="ng serve",
        files={"angular.json": ANGULAR % ("@angular/build:application", "")},
    ),
    site(
        "ionic angular",
        "ng build",
        "www",
        "angular",
        ["@angular/core", "@ionic/angular"],
        start="ng serve",
        files={"angular.json": ANGULAR % ("@angular-devkit/build-angular:browser", '"outputPath": "www"')},
    ),
    site("nuxt generate", "nuxt generate", ".output/public", "nuxt", ["nuxt"], scripts={"generate": "nuxt generate"}),
    site("sveltekit static", "vite build", "build", "svelte", ["@sveltejs/kit", "@sveltejs/adapter-static", "vite"]),
    site(
        "react-router without a server",
        "react-router build",
        "build/client",
        "react-router",
        ["react-router", "react"],
        dev=["@react-router/dev"],
        files={"react-router.config.ts": "export default { ssr: false } satisfies Config"},
    ),
    site("rspress", "rspress build", "doc_build", "rspress", ["rspress"]),
    site(
        "vercel.json names the folder",
        "make site",
        "generated",
        None,
        ["marked"],
        files={"vercel.json": '{"buildCommand": "make site", "outputDirectory": "generated"}'},
        scripts={},
    ),
    site(
        "netlify.toml names the folder",
        "node make.js",
        "out/site",
        None,
        ["marked"],
        scripts={},
        files={"netlify.toml": '[build]\ncommand = "node make.js"\npublish = "out/site"\n', "make.js": ""},
    ),
]
