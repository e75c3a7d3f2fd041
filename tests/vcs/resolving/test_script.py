"""Imports of JavaScript and TypeScript inside a tree."""

import json

from tests.vcs.resolving.trees import edges


def test_relative_imports_with_and_without_endings():
    tree = {
        "src/a.ts": "import './b';\nimport x from './c.js';\nexport * from './d';\nconst e = require('../e');\n",
        "src/b.tsx": "",
        "src/c.ts": "",
        "src/d/index.ts": "import('..');\nimport '../../../outside';\n",
        "e.cjs": "",
        "src/index.js": "",
    }
    assert edges(tree) == {
        "src/a.ts": {"e.cjs": 1, "src/b.tsx": 1, "src/c.ts": 1, "src/d/index.ts": 1},
        "src/d/index.ts": {"src/index.js": 1},
    }


def test_paths_and_base_of_the_project_with_comments_and_last_commas():
    tree = {
        "tsconfig.base.json": '{"compilerOptions": {"baseUrl": "web", '
        '"paths": {"@/*": ["src/*"], "lib": ["lib.ts"],}}}',
        "web/tsconfig.json": '// the app\n{"extends": "../tsconfig.base", /* own */ "include": ["src/**/*"]}',
        "web/src/app.tsx": "import { a } from '@/util/a';\nimport 'lib';\nimport 'src/util/a';\nimport 'react';\n",
        "web/src/util/a.ts": "",
        "web/lib.ts": "",
    }
    assert edges(tree) == {"web/src/app.tsx": {"web/lib.ts": 1, "web/src/util/a.ts": 2}}


def test_workspace_packages_by_exports_and_by_name():
    tree = {
        "packages/ui/package.json": json.dumps(
            {
                "name": "@acme/ui",
                "exports": {
                    ".": {"types": "./dist/index.d.ts", "import": "./dist/index.js"},
                    "./parts/*": {"import": "./dist/parts/*.js"},
                },
            }
        ),
        "packages/ui/src/index.ts": "",
        "packages/ui/src/parts/button.tsx": "",
        "packages/core/package.json": json.dumps({"name": "core", "main": "lib/main.js"}),
        "packages/core/lib/main.js": "",
        "packages/core/extra.js": "",
        "app/main.ts": "import '@acme/ui';\nimport '@acme/ui/parts/button';\nimport 'core';\nimport 'core/extra';\n",
    }
    assert edges(tree) == {
        "app/main.ts": {
            "packages/core/extra.js": 1,
            "packages/core/lib/main.js": 1,
            "packages/ui/src/index.ts": 1,
            "packages/ui/src/parts/button.tsx": 1,
        }
    }


def test_imports_of_the_package_itself():
    tree = {
        "package.json": json.dumps({"imports": {"#db": "./src/db.js", "#util/*": "./src/util/*.js"}}),
        "src/db.ts": "",
        "src/util/a.js": "",
        "src/main.ts": "import '#db';\nimport '#util/a';\nimport '#none';\n",
    }
    assert edges(tree) == {"src/main.ts": {"src/db.ts": 1, "src/util/a.js": 1}}


def test_configurations_that_point_at_each_other_or_nowhere():
    tree = {
        "tsconfig.json": '{"extends": "./tsconfig.b.json", "compilerOptions": {"baseUrl": "../.."}}',
        "tsconfig.b.json": '{"extends": "./tsconfig.json"}',
        "package.json": json.dumps({"name": "self", "main": "."}),
        "a.ts": "import 'self';\nimport 'x/y';\nimport '.';\n",
    }
    assert edges(tree) == {}
