"""Resolving imports inside a tree: which file each import statement means (Fastest 11.1). Pure.

    edges = resolve({"app/main.py": facts, "app/util.py": facts})
    edges["app/main.py"]                        # {"app/util.py": 1}: files and how many statements mean them

Nothing outside of the tree is looked at, so an import of an installed package resolves to nothing.
"""

from asterism.vcs.resolving.resolve import Edges, Imports, resolve

__all__ = ["Edges", "Imports", "resolve"]
