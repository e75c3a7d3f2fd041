"""Sites: files served as they are, or made by a generator."""

from typing import Final

from asterism.features.operations.detection.ecosystems import declared, python
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import ruby_packages
from asterism.features.operations.detection.source import Source

SITE_FOLDERS: Final = ("docs", "www", "site", "html", "htdocs", "src")
_GENERATORS: Final = (
    ("runtime.static.hugo", "hugo --minify", "public"),
    ("runtime.static.zola", "zola build", "public"),
    ("runtime.static.mdbook", "mdbook build", "book"),
    ("runtime.static.quarto", "quarto render", "_site"),
)
"""(rule that tells the generator, what builds the site, where it lies then)."""


def recipe(source: Source, rules: frozenset[str]) -> Recipe:
    """Return how a site is made; `rules` are the ids that matched. Without a generator there is nothing to do."""
    build, said = declared.build(source), declared.output(source)
    for rule, usual, output in _GENERATORS:
        if rule in rules:
            return Recipe(build=build or usual, output=said or output)
    if "runtime.static.mkdocs" in rules:
        made = python.recipe(source, "mkdocs")
        return made if made.install else Recipe("pip", None, "pip install mkdocs", made.build, None, made.output)
    if "runtime.static.jekyll" in rules:
        gems = ruby_packages(source)
        manager, install = ("bundler", "bundle install") if gems else (None, None)
        usual = "bundle exec jekyll build" if gems else "jekyll build"
        return Recipe(manager, install=install, build=build or usual, output=said or "_site")
    page = source.first("index.html", "public/index.html", *(f"{name}/index.html" for name in SITE_FOLDERS))
    served = page.rpartition("/")[0] or "." if page else "public" if source.has_folder("public") else "."
    return Recipe(build=build, output=said or served)
