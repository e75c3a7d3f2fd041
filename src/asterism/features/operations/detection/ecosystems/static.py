"""Sites: files served as they are, or made by a generator."""

from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import ruby_packages
from asterism.features.operations.detection.source import Source


def recipe(source: Source, rules: frozenset[str]) -> Recipe:
    """Return how a site is made; `rules` are the ids that matched. Without a generator there is nothing to do."""
    if "runtime.static.hugo" in rules:
        return Recipe(build="hugo --minify", output="public")
    if "runtime.static.zola" in rules:
        return Recipe(build="zola build", output="public")
    if "runtime.static.mkdocs" in rules:
        install = "pip install -r requirements.txt" if "requirements.txt" in source else "pip install mkdocs"
        return Recipe("pip", install=install, build="mkdocs build", output="site")
    if "runtime.static.jekyll" in rules:
        bundled = "jekyll" in ruby_packages(source)
        if not bundled:
            return Recipe(build="jekyll build", output="_site")
        return Recipe("bundler", install="bundle install", build="bundle exec jekyll build", output="_site")
    return Recipe(output="." if "index.html" in source else "public" if source.has_folder("public") else ".")
