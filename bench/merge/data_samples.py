"""The same for files that hold data or text instead of a program."""

from bench.merge.samples import Sample

JSON = Sample(
    path="package.json",
    text="""{
  "name": "cart",
  "version": "1.0.0",
  "private": true,
  "scripts": {
    "build": "tsc",
«scripts»    "test": "jest"
  },
  "dependencies": {
    "express": "^4.0.0",
«dependencies»    "zod": "^3.0.0"
  },
  "keywords": [
    "cart",
«keywords»    "shop"
  ],
  "limits": {
    "items": 100
  }
}
""",
    additions={
        "scripts": ('    "lint": "eslint .",\n', '    "start": "node .",\n'),
        "dependencies": ('    "lodash": "^4.0.0",\n', '    "react": "^18.0.0",\n'),
        "keywords": ('    "money",\n', '    "pay",\n'),
    },
    edits=(
        ('  "version": "1.0.0",\n', '  "version": "1.1.0",\n'),
        ('  "private": true,\n', '  "private": false,\n'),
        ('    "items": 100\n', '    "items": 200\n'),
        ('    "items": 100\n', '    "items": 50\n'),
    ),
    block='  "private": true,\n',
    inside=('  "private": true,\n', '  "private": false,\n'),
    same_name=("dependencies", '    "react": "^18.0.0",\n', '    "react": "^17.0.0",\n'),
    ordered=("", "", ""),
)

TOML = Sample(
    path="pyproject.toml",
    text="""[project]
name = "cart"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = [
    "attrs",
«dependencies»]

[tool.ruff]
line-length = 100
«ruff»
[tool.mypy]
strict = true
warn_unreachable = true
«tables»""",
    additions={
        "dependencies": ('    "click",\n', '    "rich",\n'),
        "ruff": ('src = ["src"]\n', 'target-version = "py311"\n'),
        "tables": ("\n[tool.coverage]\nbranch = true\n", '\n[tool.pytest]\naddopts = "-q"\n'),
    },
    edits=(
        ('version = "1.0.0"\n', 'version = "1.1.0"\n'),
        ('requires-python = ">=3.11"\n', 'requires-python = ">=3.12"\n'),
        ("line-length = 100\n", "line-length = 120\n"),
        ("line-length = 100\n", "line-length = 88\n"),
    ),
    block="[tool.mypy]\nstrict = true\nwarn_unreachable = true\n",
    inside=("strict = true\n", "strict = false\n"),
    same_name=("ruff", 'target-version = "py311"\n', 'target-version = "py312"\n'),
    ordered=("", "", ""),
)

YAML = Sample(
    path="deploy/service.yaml",
    text="""name: cart
replicas: 2
image: cart:1.0
limits:
  cpu: 1
  memory: 512
env:
  LEVEL: info
«env»services:
  web:
    port: 80
«services»steps:
  - checkout
«steps»""",
    additions={
        "env": ("  REGION: eu\n", "  STAGE: test\n"),
        "services": ("  queue:\n    port: 81\n", "  worker:\n    port: 82\n"),
    },
    edits=(
        ("replicas: 2\n", "replicas: 3\n"),
        ("image: cart:1.0\n", "image: cart:1.1\n"),
        ("  cpu: 1\n", "  cpu: 2\n"),
        ("  cpu: 1\n", "  cpu: 4\n"),
    ),
    block="limits:\n  cpu: 1\n  memory: 512\n",
    inside=("  memory: 512\n", "  memory: 1024\n"),
    same_name=("env", "  STAGE: test\n", "  STAGE: live\n"),
    ordered=("steps", "  - build\n", "  - lint\n"),
)

CSS = Sample(
    path="web/cart.css",
    text="""@import "base.css";
«imports»
body {
  margin: 0;
  color: black;
  background: white;
«declarations»}

.cart {
  padding: 1rem;
}

@media print {
  .cart {
    display: none;
  }
}
«rules»""",
    additions={
        "imports": ('@import "colours.css";\n', '@import "fonts.css";\n'),
        "declarations": ("  font-size: 1rem;\n", "  line-height: 1.5;\n"),
        "rules": ("\n.badge {\n  color: red;\n}\n", "\n.total {\n  font-weight: bold;\n}\n"),
    },
    edits=(
        ("  color: black;\n", "  color: #111;\n"),
        ("  background: white;\n", "  background: #fefefe;\n"),
        ("  padding: 1rem;\n", "  padding: 2rem;\n"),
        ("  padding: 1rem;\n", "  padding: 0;\n"),
    ),
    block=".cart {\n  padding: 1rem;\n}\n\n",
    inside=("  padding: 1rem;\n", "  padding: 2rem;\n"),
    same_name=("rules", "\n.total {\n  color: red;\n}\n", "\n.total {\n  color: blue;\n}\n"),
    ordered=("", "", ""),
)

HTML = Sample(
    path="web/cart.html",
    text="""<!doctype html>
<html>
<head>
<title>Cart</title>
</head>
<body>
<h1>Cart</h1>
<p>Nothing here yet.</p>
<ul>
<li>One</li>
«steps»</ul>
</body>
</html>
""",
    additions={},
    edits=(
        ("<h1>Cart</h1>\n", "<h1>Your cart</h1>\n"),
        ("<p>Nothing here yet.</p>\n", "<p>It is empty.</p>\n"),
        ("<title>Cart</title>\n", "<title>Your cart</title>\n"),
        ("<title>Cart</title>\n", "<title>Basket</title>\n"),
    ),
    block="",
    inside=("", ""),
    same_name=("", "", ""),
    ordered=("steps", "<li>Two</li>\n", "<li>Three</li>\n"),
)

MARKDOWN = Sample(
    path="CHANGELOG.md",
    text="""# Changelog

What changed, newest first.

## Unreleased

- The cart can be printed.
«bullets»
## 1.0

The first version.
It has a cart.

## Older

Nothing.
«sections»""",
    additions={
        "bullets": ("- Items can be moved.\n", "- Prices are rounded.\n"),
        "sections": ("\n## Appendix\n\nThanks to all.\n", "\n## Credits\n\nEverybody.\n"),
    },
    edits=(
        ("- The cart can be printed.\n", "- The cart can be printed and sent.\n"),
        ("## 1.0\n", "## 1.0 (2024)\n"),
        ("The first version.\n", "The very first version.\n"),
        ("The first version.\n", "Version one.\n"),
    ),
    block="",
    inside=("", ""),
    same_name=("sections", "\n## Credits\n\nEverybody.\n", "\n## Credits\n\nNobody.\n"),
    ordered=("", "", ""),
)
