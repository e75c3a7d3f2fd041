"""Every setting of the server: its name, type, bounds and meaning. `settings_sources.py` says where they come from.

A setting named `data_dir` is the variable `ASTERISM_DATA_DIR` and the key `data_dir` of the file; the variable wins.
`docs/reference/settings.md` is generated from this file.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import platformdirs

ALIASES = {"project_root": ("STARGAZER_PROJECT_ROOT",)}
"""Further variables a setting is read from; its own name wins."""


_SECRET = re.compile(r"_(key|secret)$|^(database|local_postgres|local_redis)_url$|^object_store$")


def is_secret(name: str) -> bool:
    """Say whether the value of a setting is, or holds, what nobody else may read."""
    return _SECRET.search(name) is not None


EMPTY_COUNTS = {"review_analyzers"}
"""Settings whose variable says something by being empty; any other empty variable counts as not set."""


IN_WORKING_FOLDER = {
    "blob_max_bytes",
    "embedding_model",
    "log_format",
    "manifest_max_bytes",
    "model_balanced",
    "model_best",
    "model_fast",
    "quota_bytes",
    "review_analyzers",
    "review_require_model",
    "review_verify_model",
    "run_event_retention_days",
    "sse_heartbeat",
    "title_model",
}
"""What a trusted `asterism.toml` of the working folder may set: nothing that names an address, a program, a folder or a
key, or that lets anybody in (ADR 0037)."""

Size = Annotated[int, msgspec.Meta(ge=1, le=2**60)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=10 * 366 * 24 * 3600)]


def doc(text: str) -> Any:
    """Attach the sentence that the reference shows for a setting."""
    return msgspec.Meta(description=text)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one server process."""

    host: Annotated[str, doc("Address to listen on. `/api` is served only on a loopback address.")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535), doc("Port to listen on.")] = 3000
    data_dir: Annotated[Path, doc("Folder of the database, blobs and keys.")] = msgspec.field(
        default_factory=lambda: Path(platformdirs.user_data_dir("asterism", appauthor=False))
    )
    database_url: Annotated[str | None, doc("`postgresql://…`; default: an SQLite file in the data folder.")] = None
    object_store: Annotated[
        str | None,
        doc("Where content is stored: a folder or an address as `s3://bucket/prefix`; default in the data folder."),
    ] = None
    blob_max_bytes: Annotated[Size, doc("Largest blob in bytes.")] = 256 * 1024 * 1024
    manifest_max_bytes: Annotated[Size, doc("Largest manifest in bytes.")] = 64 * 1024 * 1024
    quota_bytes: Annotated[Size, doc("How many bytes one user may store.")] = 20 * 1024 * 1024 * 1024
    public_url: Annotated[str | None, doc("The address people reach this server by, for links.")] = None
    owner_email: Annotated[str, doc("Address of the local owner, who is made at the first start.")] = "owner@localhost"
    cors_origins: Annotated[str, doc("Origins that may call `/v1` from a browser: `*` or a comma-separated list.")] = (
        "*"
    )
    log_format: Annotated[Literal["text", "json"], doc("How log lines are written.")] = "text"
    trusted_proxies: Annotated[str, doc("Addresses or networks whose `X-Forwarded-For` is believed.")] = ""
    rate_limits: Annotated[
        Literal["on", "off"], doc("`off` switches off the limits per minute and per ten minutes.")
    ] = "on"
    key_store: Annotated[
        Literal["auto", "file", "os"],
        doc("Where a first start keeps the master key: a 0600 file, the system's key store, or what works best."),
    ] = "auto"
    master_key_file: Annotated[
        Path | None, doc("The file of the master key; default: `master.key` in the data folder.")
    ] = None
    sync_preview_ttl: Annotated[Seconds, doc("Seconds a prepared sync can be executed.")] = 1800
    device_code_ttl: Annotated[Seconds, doc("Seconds a device sign-in waits for its decision.")] = 900
    device_poll_interval: Annotated[Seconds, doc("Seconds a device is asked to wait between polls.")] = 5
    access_ttl: Annotated[Seconds, doc("Seconds a short access token lives.")] = 3600
    refresh_ttl: Annotated[Seconds, doc("Seconds a refresh token lives.")] = 30 * 24 * 3600
    refresh_grace: Annotated[
        int, msgspec.Meta(ge=0, le=3600), doc("Seconds an exchanged refresh token is accepted again.")
    ] = 30
    google_client_id: Annotated[str, doc("Google client ids, comma-separated; none: no sign-in with Google.")] = ""
    google_allowed: Annotated[str, doc("Addresses or domains that may sign up with Google; default: everybody.")] = ""
    google_jwks_url: Annotated[str | None, doc("Where Google's signing keys come from, instead of Google.")] = None
    oidc_issuer: Annotated[str | None, doc("Issuer of an OpenID Connect provider; none: no such sign-in.")] = None
    oidc_client_id: Annotated[str, doc("Our client ids at that provider, comma-separated.")] = ""
    oidc_allowed: Annotated[str, doc("Addresses or domains that may sign up with it; default: everybody.")] = ""
    oidc_jwks_url: Annotated[str | None, doc("Where its signing keys are; default: found by discovery.")] = None

    project_root: Annotated[
        Path | None, doc("Project that `/api` is about when a request names none; default: the working folder.")
    ] = None
    allowed_roots: Annotated[
        str | None, doc("`:`-separated folders that a named project must lie in; default: the user's own folders.")
    ] = None
    api_provider_view: Annotated[
        Literal["auto", "documented"], doc("`documented` hides providers beyond the contract's four from `/api`.")
    ] = "auto"
    gemini_base_url: Annotated[str | None, doc("Address of the provider `gemini`, with its version path.")] = None
    google_base_url: Annotated[str | None, doc("Address of the provider `google`, with its version path.")] = None
    zai_base_url: Annotated[str | None, doc("Address of the provider `zai`, with its version path.")] = None
    zai_coding_base_url: Annotated[str | None, doc("Address of the provider `zai-coding`, with its version path.")] = (
        None
    )
    openrouter_base_url: Annotated[str | None, doc("Address of the provider `openrouter`, with its version path.")] = (
        None
    )
    openai_base_url: Annotated[str | None, doc("Address of the provider `openai`, with its version path.")] = None
    anthropic_base_url: Annotated[str | None, doc("Address of the provider `anthropic`, with its version path.")] = None
    groq_base_url: Annotated[str | None, doc("Address of the provider `groq`, with its version path.")] = None
    mistral_base_url: Annotated[str | None, doc("Address of the provider `mistral`, with its version path.")] = None
    local_base_url: Annotated[str | None, doc("Address of the provider `local`, with its version path.")] = None

    anthropic_api_key: Annotated[str | None, doc("The server's own key of `anthropic`, for users without one.")] = None
    openai_api_key: Annotated[str | None, doc("The server's own key of `openai`.")] = None
    google_api_key: Annotated[str | None, doc("The server's own key of `google`.")] = None
    groq_api_key: Annotated[str | None, doc("The server's own key of `groq`.")] = None
    mistral_api_key: Annotated[str | None, doc("The server's own key of `mistral`.")] = None
    local_api_key: Annotated[str | None, doc("The key of the server behind `local`, if it wants one.")] = None
    local_model: Annotated[str | None, doc("The model that the server behind `local` serves.")] = None
    model_fast: Annotated[str | None, doc("`provider:model` of quick runs, instead of the catalogue's.")] = None
    model_balanced: Annotated[str | None, doc("`provider:model` of standard runs, instead of the catalogue's.")] = None
    model_best: Annotated[str | None, doc("`provider:model` of deep runs, instead of the catalogue's.")] = None
    title_model: Annotated[str | None, doc("`provider:model` that titles chats; default: a rule does.")] = None
    embedding_model: Annotated[
        str | None, doc("`provider:model` whose vectors let the map be searched by meaning; default: by words alone.")
    ] = None
    model_catalog: Annotated[Path | None, doc("JSON file of known models, instead of the built-in one.")] = None
    sse_heartbeat: Annotated[
        float, msgspec.Meta(gt=0, le=3600), doc("Seconds of silence on an event stream before a comment is sent.")
    ] = 15.0
    agent_concurrency: Annotated[
        int, msgspec.Meta(ge=1, le=1000), doc("Turns of agents at once; others wait. A turn that asks takes no place.")
    ] = 4
    agent_spares: Annotated[
        int,
        msgspec.Meta(ge=0, le=100),
        doc("OpenCode servers kept ready for the next turns for ten minutes, one for each model; about 0.3 GB each."),
    ] = 2
    agent_turn_timeout: Annotated[
        float, msgspec.Meta(gt=0, le=86_400), doc("Seconds a turn may take, waiting for answers not counted.")
    ] = 1800
    agent_idle_timeout: Annotated[
        float, msgspec.Meta(gt=0, le=86_400), doc("Seconds an agent may tell nothing before its turn fails.")
    ] = 600
    run_event_retention_days: Annotated[
        int, msgspec.Meta(ge=1, le=36_500), doc("Days the events of an ended run can be replayed.")
    ] = 7

    deploy_build_timeout: Annotated[Seconds, doc("Seconds that installing, and building, may each take.")] = 900
    deploy_start_timeout: Annotated[Seconds, doc("Seconds until a deployed app must listen.")] = 60
    deploy_network: Annotated[
        str,
        doc(
            "What installing and building apps reaches: `closed` nothing, `open` whatever this machine reaches, or "
            "names of hosts, comma-separated (`.example.org`: all below it). Never this machine itself."
        ),
    ] = "closed"
    cloudflare_base_url: Annotated[str | None, doc("Address of Cloudflare's API, up to `/client/v4`.")] = None
    railway_base_url: Annotated[str | None, doc("Address of Railway's API, up to `/graphql/v2`.")] = None
    wrangler: Annotated[
        Path | None, doc("Program that deploys to Cloudflare; default: the app's own `wrangler`, else one on PATH.")
    ] = None
    local_postgres_url: Annotated[
        str | None, doc("PostgreSQL server to lend to deployed apps, as a role that may create databases and roles.")
    ] = None
    local_mysql_url: Annotated[
        str | None,
        doc(
            "MySQL or MariaDB server to lend to deployed apps, `mysql://user:password@host:port` or "
            "`mysql://user@localhost/?unix_socket=PATH`, as a user that may create databases and users and grant."
        ),
    ] = None
    local_redis_url: Annotated[str | None, doc("Redis server to lend to deployed apps; they all share it.")] = None
    agent: Annotated[
        Literal["auto", "builtin", "opencode"],
        doc("Agent of conversations: `auto` takes OpenCode where it runs, else the built-in one."),
    ] = "auto"
    agent_network: Annotated[
        Literal["model", "open"],
        doc("What agents reach: the model and their own API alone, or with `open` whatever this machine reaches."),
    ] = "model"
    opencode: Annotated[
        Path | None, doc("OpenCode's binary; default: the one that `asterism agent install` got, else one on PATH.")
    ] = None
    sandbox: Annotated[
        Literal["auto", "bubblewrap", "plain"],
        doc("How agents and apps are kept apart: `auto` is bubblewrap or nothing; `plain` isolates nothing."),
    ] = "auto"
    analysis_delay: Annotated[
        float, msgspec.Meta(ge=0, le=86_400), doc("Seconds after which a new head of main is analysed.")
    ] = 60
    github_base_url: Annotated[str, doc("Address of GitHub's API; of a GitHub Enterprise Server, with its path.")] = (
        "https://api.github.com"
    )
    github_login_url: Annotated[str, doc("Address that people sign in to GitHub at.")] = "https://github.com"
    github_api_version: Annotated[str, doc("Version of GitHub's API that is asked for.")] = "2026-03-10"
    github_app_id: Annotated[str | None, doc("Id of the GitHub App that this server is.")] = None
    github_app_private_key: Annotated[str | None, doc("Private key of that app: PEM, with its line breaks.")] = None
    github_client_id: Annotated[str | None, doc("Client id of the GitHub App, or of an OAuth app.")] = None
    github_client_secret: Annotated[str | None, doc("Client secret that belongs to it.")] = None
    notion_base_url: Annotated[str, doc("Address of Notion's API.")] = "https://api.notion.com"
    notion_version: Annotated[str, doc("Version of Notion's API that is asked for.")] = "2026-03-11"
    notion_client_id: Annotated[str | None, doc("Client id of a public Notion integration, for OAuth.")] = None
    notion_client_secret: Annotated[str | None, doc("Client secret that belongs to it.")] = None

    review_require_model: Annotated[bool, doc("Whether reviews refuse to run without a model.")] = False
    review_analyzers: Annotated[str, doc("Static checks of reviews, comma-separated; an empty text disables all.")] = (
        "secrets,diff-rules,ruff,bandit,sarif,shellcheck,syntax,patterns"
    )
    review_commands: Annotated[
        Path | None, doc("JSON file that declares programs writing SARIF, for projects trusted to run commands.")
    ] = None
    review_verify_model: Annotated[bool, doc("Whether a model's findings are shown to it again and must hold.")] = True

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'asterism.db'}"

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the embedded database, None where the database is a PostgreSQL server."""
        address = self.database
        return Path(address.removeprefix("sqlite:///")) if address.startswith("sqlite:///") else None

    @property
    def earlier_jobs(self) -> Path:
        """The file in which releases before schema 0043 kept the jobs of an embedded database."""
        return self.data_dir / "jobs.db"

    @property
    def base_urls(self) -> dict[str, str]:
        """The configured addresses of model providers, by provider id."""
        ending, others = "_base_url", {f"{name}_base_url" for name in ("github", "notion", "cloudflare", "railway")}
        named = {name: getattr(self, name) for name in self.__struct_fields__ if name.endswith(ending)}
        named = {name: url for name, url in named.items() if name not in others}
        return {name.removesuffix(ending).replace("_", "-"): url for name, url in named.items() if url}
