"""Sites of other generators, plain ones, and folders that hold several apps."""

from tests.features.operations.detection.apps import App, package

SITES = [
    App(
        "a page and its script",
        {"index.html": '<script src="app.js"></script>', "app.js": "", "style.css": ""},
        "static",
        output=".",
    ),
    App("nixpacks staticfile", {"Staticfile": "root: site\n", "site/index.html": ""}, "static", output="site"),
    App(
        "hugo with npm for styles",
        {
            "hugo.toml": "",
            "content/a.md": "",
            "package.json": package(dev=["postcss-cli", "autoprefixer"]),
            "postcss.config.js": "",
        },
        *("static", None, "hugo --minify"),
        output="public",
    ),
    App(
        "hugo, settings in a folder",
        {"config/_default/config.toml": "", "content/a.md": "", "themes/x/a": ""},
        *("static", None, "hugo --minify"),
        output="public",
    ),
    App(
        "hugo that npm runs",
        {"config/_default/hugo.toml": "", "package.json": package({"build": "hugo --gc"}, ["hugo-bin"])},
        *("node", "npm", "hugo --gc", None),
        output="public",
    ),
    App(
        "jekyll of github pages",
        {"_config.yml": "", "Gemfile": 'gem "github-pages", group: :jekyll_plugins\n', "index.md": ""},
        *("static", "bundler", "bundle exec jekyll build"),
        output="_site",
    ),
    App(
        "jekyll without gems",
        {"_config.yml": "", "_layouts/a.html": "", "index.md": ""},
        "static",
        None,
        "jekyll build",
        output="_site",
    ),
    App(
        "middleman",
        {"Gemfile": "gem 'middleman'\n", "config.rb": "", "source/index.html.erb": ""},
        *("ruby", "bundler", "bundle exec middleman build", None, "middleman"),
        output="build",
    ),
    App("mdbook", {"book.toml": "[book]\n", "src/SUMMARY.md": ""}, "static", None, "mdbook build", output="book"),
    App("quarto", {"_quarto.yml": "", "index.qmd": ""}, "static", None, "quarto render", output="_site"),
    App(
        "lume",
        {
            "deno.json": '{"tasks": {"build": "deno task lume", "serve": "deno task lume -s"}}',
            "_config.ts": "",
            "index.md": "",
        },
        *("deno", "deno", "deno task build", "deno task serve"),
    ),
    App(
        "zola",
        {
            "config.toml": 'base_url = "https://example.com"\n',
            "content/_index.md": "",
            "templates/a.html": "",
            "sass/a.scss": "",
        },
        "static",
        None,
        "zola build",
        output="public",
    ),
    App(
        "mkdocs alone",
        {"mkdocs.yml": "", "docs/index.md": "", "requirements.txt": "mkdocs\n"},
        *("static", "pip", "mkdocs build"),
        output="site",
    ),
    App("a page in docs", {"docs/index.html": "", "README.md": ""}, "static", output="docs"),
    App("a folder of no app", {"assets/index.html": "", "README.md": ""}, None),
    App("only a Containerfile", {"Containerfile": "FROM scratch\n"}, "docker"),
]
