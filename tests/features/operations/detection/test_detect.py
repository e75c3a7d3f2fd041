"""What an app is, told by its files (Fastest 10.4)."""

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.features.operations.detection import Database, Offer, Runtime, Source, detect, overridden, suggest
from tests.features.operations.detection.apps import APPS, package
from tests.features.operations.detection.public import PUBLIC


def source(files, root=""):
    contents = {path: text.encode() for path, text in files.items()}
    return Source({path: len(content) for path, content in contents.items()}, contents.get, root)


def found(files, root=""):
    return detect(source(files, root))


@pytest.mark.parametrize("app", [*APPS, *PUBLIC], ids=lambda app: f"{app.runtime}-{app.name}")
def test_an_app_is_known_for_what_it_is(app):
    needs = found(app.files).requirements
    recipe = needs.recipe
    assert (needs.runtime, recipe.package_manager) == (app.runtime, app.manager)
    assert (recipe.build, recipe.start, recipe.output) == (app.build, app.start, app.output)
    assert app.framework in (None, needs.framework)
    assert app.version in (None, recipe.version)


def rule_ids(files):
    return {signal.id: signal.confidence for signal in found(files).signals}


@pytest.mark.parametrize(
    ("files", "rule", "weight"),
    [
        ({"package.json": "{}"}, "runtime.node.package", 0.7),
        ({"a.mjs": ""}, "runtime.node.source", 0.6),
        ({"Pipfile": ""}, "runtime.python.config", 0.8),
        ({"go.sum": ""}, "runtime.go.module", 0.8),
        ({"public/index.html": ""}, "runtime.static.index", 0.6),
        ({"package.json": package(deps=["next"]), "next.config.js": ""}, "framework.next", 0.85),
        ({"package.json": package(deps=["@remix-run/react"])}, "framework.remix", 0.8),
        ({"package.json": package(deps=["@sveltejs/kit"])}, "framework.svelte", 0.6),
        ({"requirements.txt": "Litestar[full]>=2"}, "framework.litestar", 0.7),
        ({"wrangler.jsonc": "{}"}, "edge.wrangler", 0.8),
        ({"package.json": package(deps=["itty-router"])}, "edge.dependency", 0.6),
        ({"worker.ts": ""}, "edge.worker-file", 0.7),
        ({"src/a.ts": "export const config = { runtime: 'edge' }"}, "edge.runtime-hint", 0.6),
        ({"src/a.ts": "import { readFile } from 'node:fs/promises'"}, "edge.node-only", -0.6),
        ({"package.json": package(deps=["knex"])}, "database.postgres.dependency", 0.7),
        ({"requirements.txt": "psycopg2-binary"}, "database.postgres.dependency", 0.7),
        ({"package.json": package(deps=["mysql2"])}, "database.mysql.dependency", 0.6),
        ({"requirements.txt": "celery[redis]"}, "database.redis.dependency", 0.6),
        ({"a.py": "os.environ['REDIS_URL']"}, "database.redis.env", 0.5),
        ({"package.json": package(deps=["multer"])}, "storage.dependency", 0.6),
        ({"wrangler.toml": "r2_buckets = []"}, "storage.r2", 0.7),
    ],
)
def test_each_rule_has_its_weight(files, rule, weight):
    assert rule_ids(files)[rule] == weight


def test_scripts_below_the_root_say_nothing_about_the_runtime():
    assert found({"assets/app.js": "x"}).requirements.runtime is None


def test_installed_and_built_files_are_not_read():
    assert found({"node_modules/x/index.js": "", "dist/worker.ts": "", ".venv/a.py": "REDIS_URL"}).signals == ()


@pytest.mark.parametrize(
    ("files", "databases"),
    [
        ({"package.json": package(deps=["pg"])}, [Database.POSTGRES]),
        ({"package.json": package(deps=["mysql2", "knex"])}, [Database.MYSQL]),
        ({"package.json": package(deps=["mysql2", "pg"])}, [Database.POSTGRES, Database.MYSQL]),
        ({"prisma/schema.prisma": 'datasource db {\n provider = "mysql"\n}'}, [Database.MYSQL]),
        ({"prisma/schema.prisma": 'datasource db {\n provider = "sqlite"\n}', "a.ts": "DATABASE_URL"}, []),
        ({"package.json": package(deps=["@prisma/client"])}, [Database.POSTGRES]),
        ({"a.go": "DATABASE_URL"}, [Database.POSTGRES]),
        ({"requirements.txt": "pymysql", "a.py": "DATABASE_URL"}, [Database.MYSQL]),
        ({"a.rb": "DATABASE_URL"}, []),
    ],
)
def test_databases(files, databases):
    assert list(found(files).requirements.databases) == databases


@pytest.mark.parametrize(
    ("files", "variables"),
    [
        ({"a.py": "os.environ['MYSQL_URL']"}, ["MYSQL_URL"]),
        ({"package.json": package(deps=["mysql2"])}, ["DATABASE_URL"]),
        ({"package.json": package(deps=["mysql2"]), "a.js": "env.MYSQL_URL"}, ["MYSQL_URL"]),
        ({"package.json": package(deps=["mysql2"]), "a.js": "env.DATABASE_URL || env.MYSQL_URL"}, ["DATABASE_URL"]),
        ({"package.json": package(deps=["mysql2", "pg"])}, ["DATABASE_URL", "MYSQL_URL"]),
    ],
)
def test_a_database_is_told_in_the_variable_that_the_code_reads(files, variables):
    needs = found(files).requirements
    assert [needs.variable_of(database) for database in needs.databases] == variables
    assert [one.env_var for one in suggest(needs, Offer()) if one.type.startswith("database:")] == variables


def test_edge_is_a_sum():
    assert found({"package.json": package(deps=["hono"])}).requirements.is_edge_compatible
    both = {"package.json": package(deps=["hono"]), "a.js": "require('fs')"}
    assert not found(both).requirements.is_edge_compatible


def test_confidence_is_the_share_of_what_was_chosen():
    assert found({"package.json": package(deps=["express"])}).confidence == 1.0
    # 0.6 of 1.2 for the runtime, no framework: node .7 of 1.3 (package.json against index.html)
    assert found({"package.json": "{}", "index.html": ""}).confidence == round(0.6 * 0.7 / 1.3 + 0.15, 4)
    assert found({}).confidence == 0


def test_equal_sums_go_by_order():
    assert found({"requirements.txt": "", "go.mod": ""}).requirements.runtime == Runtime.PYTHON


def test_a_folder_of_a_monorepo_is_an_app_with_the_lock_file_of_the_top():
    files = {
        "package.json": package(workspaces=["apps/*"]),
        "pnpm-lock.yaml": "",
        "apps/web/package.json": package({"build": "next build", "start": "next start"}, ["next"]),
        "apps/api/package.json": package({"start": "node ."}, ["express"]),
    }
    assert found(files).roots == ("apps/api", "apps/web")
    web = found(files, "apps/web").requirements
    assert (web.framework, web.recipe.package_manager, web.recipe.start) == ("next", "pnpm", "next start")
    assert web.recipe.install == "pnpm install --frozen-lockfile"


def test_settings_win():
    needs = overridden(found({"index.html": ""}).requirements, Runtime.NODE, None, "node x.js")
    assert (needs.runtime, needs.recipe.build, needs.recipe.start) == ("node", None, "node x.js")


def test_what_a_build_leaves_is_served_unless_people_chose_a_start():
    needs = found({"package.json": package({"build": "vite build", "start": "vite"}, ["vite"])}).requirements
    assert (needs.recipe.start, needs.recipe.command, needs.recipe.output) == ("vite", None, "dist")
    chosen = overridden(needs, None, None, "node x.js").recipe
    assert (chosen.command, chosen.output) == ("node x.js", None)


def test_suggestions_name_who_can_provide():
    needs = found({"package.json": package(deps=["express", "pg", "multer", "mysql2"])}).requirements
    made = {one.type: one for one in suggest(needs, Offer())}
    assert (made["compute"].provider, made["compute"].name) == ("local", "app")
    assert made["database:postgres"].provider is None
    assert made["database:postgres"].candidates == ("railway", "local")
    assert made["database:postgres"].env_var == "DATABASE_URL"
    assert made["storage:blob"].candidates[0] == "local"
    mine = {one.type: one.provider for one in suggest(needs, Offer(credentials={"railway"}))}
    assert (mine["compute"], mine["database:postgres"], mine["database:mysql"]) == ("railway", "railway", None)
    kept = {one.type: one.provider for one in suggest(needs, Offer({"railway"}, set(), {"compute": "local"}))}
    assert kept["compute"] == "local"
    lent = {one.type: one.provider for one in suggest(needs, Offer(local_types={"database:mysql"}))}
    assert lent["database:mysql"] == "local"


def test_the_edge_is_suggested_to_who_has_an_account():
    needs = found({"wrangler.toml": "", "package.json": package(deps=["hono"])}).requirements
    assert suggest(needs, Offer())[0].type == "compute"
    assert suggest(needs, Offer(credentials={"cloudflare"}))[0].type == "compute:edge"
    alone = found({"wrangler.toml": 'main = "src/index.js"', "src/index.js": "x"}).requirements
    assert alone.runtime is None
    assert suggest(alone, Offer()) == []
    assert suggest(alone, Offer(credentials={"cloudflare"}))[0].provider == "cloudflare"


HOSTILE = [
    {"package.json": "[" * 100_000},
    {"package.json": '{"dependencies": [1, null], "scripts": 3, "engines": "x", "main": {}}'},
    {"package.json": '{"dependencies": null, "scripts": {"start": 5, "build": ["a"]}, "workspaces": 7}'},
    {"pyproject.toml": "[project]\ndependencies = 5\n[tool]\npoetry = 3\n"},
    {"pyproject.toml": "a." * 5000 + "b = 1"},
    {"Cargo.toml": "bin = 3\npackage = 4\n"},
    {
        "angular.json": '{"projects": {"a": {"architect": 5}}}',
        "package.json": package({"build": "ng"}, ["@angular/core"]),
    },
    {"setup.py": "install_requires=[" * 10_000},
    {"package.json": '"' + "\\" * 50_000},
    {"deno.json": "/*" * 50_000},
]


@pytest.mark.parametrize("files", HOSTILE, ids=range(len(HOSTILE)))
def test_nonsense_is_no_reason_to_fail(files):
    found(files)


def test_a_large_file_is_not_read():
    border = json.dumps({"scripts": {"start": "x"}}).ljust(256 * 1024)
    assert found({"package.json": border}).requirements.recipe.start == "x"
    assert found({"package.json": border + " "}).requirements.recipe.start is None


def test_at_most_200_source_files_are_searched():
    files = {f"a{number:03}.py": "" for number in range(199)}
    assert found(files | {"z.py": "REDIS_URL"}).requirements.databases
    assert not found(files | {"y.py": "", "z.py": "REDIS_URL"}).requirements.databases


NAMES = st.sampled_from(
    [
        "package.json",
        "pyproject.toml",
        "Cargo.toml",
        "deno.jsonc",
        "Gemfile",
        "pom.xml",
        "mix.exs",
        "angular.json",
        "x.csproj",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(NAMES, st.text(alphabet=string.printable + '{}[]"', max_size=200), max_size=4))
def test_any_text_in_any_file_comes_to_an_answer(files):
    assert 0 <= found(files).confidence <= 1
