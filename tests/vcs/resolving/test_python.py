"""Imports of Python inside a tree."""

from tests.vcs.resolving.trees import edges


def test_packages_and_relative_imports():
    tree = {
        "app/__init__.py": "",
        "app/main.py": "import app.util\nfrom app import models\nfrom . import util\nfrom .deep import x\n",
        "app/util.py": "from app.models import User\n",
        "app/models.py": "",
        "app/deep/__init__.py": "from ..util import f\nfrom ... import no\n",
        "app/deep/x.py": "from .. import models\nfrom ..models import User\n",
    }
    assert edges(tree) == {
        "app/main.py": {"app/deep/x.py": 1, "app/models.py": 1, "app/util.py": 2},
        "app/util.py": {"app/models.py": 1},
        "app/deep/__init__.py": {"app/util.py": 1},
        "app/deep/x.py": {"app/models.py": 2},
    }


def test_a_name_that_is_no_module_means_the_package():
    assert edges({"a/__init__.py": "", "b.py": "from a import thing, other\n"}) == {"b.py": {"a/__init__.py": 1}}


def test_src_layouts_from_tests_beside_them():
    tree = {
        "src/tool/__init__.py": "",
        "src/tool/core.py": "from tool import cli\n",
        "src/tool/cli.py": "",
        "tests/test_core.py": "from tool.core import run\nimport helper\n",
        "tests/helper.py": "",
    }
    assert edges(tree) == {
        "src/tool/core.py": {"src/tool/cli.py": 1},
        "tests/test_core.py": {"src/tool/core.py": 1, "tests/helper.py": 1},
    }


def test_namespace_packages_have_no_file_to_tell():
    tree = {"acme/a/__init__.py": "from acme.b import x\n", "acme/b/__init__.py": "", "acme/b/x.py": "import acme.a\n"}
    assert edges(tree) == {"acme/a/__init__.py": {"acme/b/x.py": 1}, "acme/b/x.py": {"acme/a/__init__.py": 1}}


def test_the_standard_library_is_not_found_in_some_other_folder():
    tree = {"tools/json.py": "", "tools/run.py": "import json\n", "pkg/__init__.py": "import json\n", "json/a.py": ""}
    assert edges(tree) == {"tools/run.py": {"tools/json.py": 1}}


def test_of_several_projects_the_nearest_one_is_meant():
    tree = {
        "one/lib/core/__init__.py": "",
        "two/lib/core/__init__.py": "",
        "two/app/run.py": "import core\n",
    }
    assert edges(tree) == {"two/app/run.py": {"two/lib/core/__init__.py": 1}}


def test_stubs_serve_where_there_is_no_source():
    tree = {"p/__init__.py": "", "p/fast.pyi": "", "p/use.py": "from p.fast import f\n"}
    assert edges(tree) == {"p/use.py": {"p/fast.pyi": 1}}


def test_modules_that_import_each_other():
    assert edges({"a.py": "import b\n", "b.py": "import a, b\n"}) == {"a.py": {"b.py": 1}, "b.py": {"a.py": 1}}
