"""Merging by structure: what the line merge cannot, because a file is a collection of things that have names.

Members of an unordered collection (imports, functions, members of a class or object, sections) are merged by name;
everything else keeps its order and is merged by lines inside the smallest member that both sides have. The result is
offered only when it is proven, see `proof`. Rules: beyond.md 3.
"""

from asterism.vcs.structure.grammars import suffixes
from asterism.vcs.structure.merge import StructureMerge, merge_structure

__all__ = ["StructureMerge", "merge_structure", "suffixes"]
