"""The fake GitHub: accounts, apps, searches, git objects and pull requests."""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from asterism.kernel.loopback import Asked, FakeService, Given
from asterism.kernel.upstreams.fakes import github_search
from asterism.kernel.upstreams.fakes.repositories import File, Issue, Problem, Repository

VERSIONS = ("2022-11-28", "2026-03-10")
LIMITS = {"core": 5000, "search": 30, "code_search": 10}
User = Mapping[str, Any]
USER: User = {"id": 9001, "login": "octo-team", "name": "Octo Team"}


class FakeGitHub(FakeService):
    """GitHub on loopback. `tokens` are those that are good and whose they are; without any, every token is."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, prefix: str = "") -> None:
        super().__init__(host=host, port=port, prefix=prefix)
        self.reset()
        self._route_all()

    def reset(self) -> None:
        """Be as new."""
        self.forget()
        self.tokens: dict[str, User] = {}
        self.scopes = "repo, read:org"
        self.codes: dict[str, User] = {}
        self.refresh_tokens: dict[str, User] = {}
        self.expires_in: int | None = None
        self.client = ("client-1", "client-secret-1")
        self.installations: dict[int, list[str]] = {}
        self.app_tokens_made = 0
        self.skew = 0
        self.repositories: dict[str, Repository] = {}
        self.moved: dict[str, str] = {}
        self.remaining = dict(LIMITS)
        self.reset_at = int(time.time()) + 3600

    @property
    def login_url(self) -> str:
        """The address that people sign in at; it has no `prefix`'s meaning of its own."""
        return self.url

    def add_repository(self, name: str, files: Mapping[str, File] | None = None, branch: str = "main") -> Repository:
        """Make a repository with one commit."""
        made = self.repositories[name] = Repository(name)
        made.start(files or {"README.md": File(b"# Demo\n")}, branch)
        return made

    def grant(self, user: User = USER) -> str:
        """Return a code as a person brings it back from the sign-in page."""
        code = secrets.token_hex(8)
        self.codes[code] = user
        return code

    def respond(self, asked: Asked) -> Given:
        """Check headers, token and limits, then answer."""
        if asked.parts[0] == "login":
            return super().respond(asked)
        problem = self._refusal(asked)
        resource = "code_search" if asked.path == "/search/code" else "search" if asked.parts[0] == "search" else "core"
        if problem is None and self.remaining[resource] <= 0:
            problem = Problem(403, "API rate limit exceeded for user ID 9001.")
        else:
            self.remaining[resource] = max(0, self.remaining[resource] - 1)
        try:
            if problem is not None:
                raise problem
            given = super().respond(asked)
        except Problem as error:
            errors = [{"code": error.code, "resource": "PullRequest"}] if error.code else []
            given = Given(error.status, {"message": error.message, **({"errors": errors} if errors else {})})
        limits = {
            "x-ratelimit-limit": str(LIMITS[resource]),
            "x-ratelimit-remaining": str(self.remaining[resource]),
            "x-ratelimit-reset": str(self.reset_at),
            "x-ratelimit-resource": resource,
            "x-github-request-id": f"FAKE:{len(self.asked)}",
        }
        return Given(given.status, given.body, {**limits, **given.headers})

    def _refusal(self, asked: Asked) -> Problem | None:
        if not asked.headers.get("user-agent"):
            return Problem(403, "Request forbidden by administrative rules. Please send a User-Agent header.")
        if asked.headers.get("x-github-api-version", VERSIONS[0]) not in VERSIONS:
            return Problem(400, "The API version is not supported.")
        if asked.parts[0] in {"app", "applications"}:
            return None
        if not asked.bearer or (self.tokens and asked.bearer not in self.tokens):
            return Problem(401, "Bad credentials")
        return None

    def _route_all(self) -> None:
        repo = "/repos/{owner}/{name}"
        self.route(
            [
                ("GET", "/login/oauth/authorize", self._authorize),
                ("POST", "/login/oauth/access_token", self._exchange),
                ("GET", "/user", self._user),
                ("GET", "/user/installations", self._user_installations),
                ("POST", "/app/installations/{number}/access_tokens", self._installation_token),
                ("DELETE", "/applications/{client}/token", self._revoke),
                ("GET", "/search/{kind}", self._search),
                ("GET", repo + "/git/ref/heads/{branch*}", self._ref),
                ("GET", repo + "/git/commits/{sha}", self._commit),
                ("GET", repo + "/git/trees/{sha}", self._tree),
                ("GET", repo + "/git/blobs/{sha}", self._blob),
                ("POST", repo + "/git/blobs", self._make_blob),
                ("POST", repo + "/git/trees", self._make_tree),
                ("POST", repo + "/git/commits", self._make_commit),
                ("POST", repo + "/git/refs", self._make_ref),
                ("DELETE", repo + "/git/refs/heads/{branch*}", self._delete_ref),
                ("POST", repo + "/pulls", self._make_pull),
            ]
        )

    def _authorize(self, asked: Asked) -> Given:
        back = asked.query.get("redirect_uri", f"{self.url}/signed-in")
        code, state = self.grant(), asked.query.get("state", "")
        return Given(302, None, {"location": f"{back}?code={code}&state={state}"})

    def _exchange(self, asked: Asked) -> Given:
        body = asked.body or {}
        user = (
            self.refresh_tokens.pop(body.get("refresh_token", ""), None)
            if body.get("grant_type") == "refresh_token"
            else self.codes.pop(body.get("code", ""), None)
        )
        if (body.get("client_id"), body.get("client_secret")) != self.client:
            return Given(200, {"error": "incorrect_client_credentials", "error_description": "Wrong client."})
        if user is None:
            return Given(200, {"error": "bad_verification_code", "error_description": "The code is wrong or expired."})
        made = {"access_token": "ghu_" + secrets.token_hex(8), "token_type": "bearer", "scope": "repo"}
        self.tokens[made["access_token"]] = user
        if self.expires_in is None:
            return Given(200, made)
        refresh = "ghr_" + secrets.token_hex(8)
        self.refresh_tokens[refresh] = user
        return Given(200, {**made, "expires_in": self.expires_in, "refresh_token": refresh})

    def _user(self, asked: Asked) -> Given:
        return Given(200, dict(self.tokens.get(asked.bearer, USER)), {"x-oauth-scopes": self.scopes})

    def _user_installations(self, asked: Asked) -> Given:
        user = self.tokens.get(asked.bearer, USER)
        mine = [number for number, logins in self.installations.items() if user["login"] in logins]
        page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 30))
        shown = [
            {"id": n, "account": {"id": 70 + n, "login": f"org-{n}"}, "permissions": {"contents": "write"}}
            for n in mine[(page - 1) * size : page * size]
        ]
        return Given(200, {"total_count": len(mine), "installations": shown})

    def _installation_token(self, asked: Asked, number: str) -> Given:
        claims = _claims(asked.bearer)
        now = time.time() + self.skew
        if claims is None or not claims["iat"] <= now < claims["exp"] <= now + 600:
            message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
            from_now = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
            return Given(401, {"message": message}, {"date": from_now})
        if int(number) not in self.installations:
            raise Problem(404, "Not Found")
        self.app_tokens_made += 1
        token = f"ghs_{self.app_tokens_made}_{secrets.token_hex(6)}"
        self.tokens[token] = {"id": 1, "login": "app[bot]"}
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + 3600))
        return Given(201, {"token": token, "expires_at": expires, "permissions": {"contents": "write"}})

    def _revoke(self, asked: Asked, client: str) -> Given:
        sent = base64.b64encode(":".join(self.client).encode()).decode()
        if asked.headers.get("authorization") != f"Basic {sent}" or client != self.client[0]:
            raise Problem(401, "Bad credentials")
        self.tokens.pop((asked.body or {}).get("access_token", ""), None)
        return Given(204)

    def _search(self, asked: Asked, kind: str) -> Given:
        wants_matches = "text-match" in asked.headers.get("accept", "")
        return github_search.search(list(self.repositories.values()), kind, asked.query, wants_matches)

    def _repository(self, owner: str, name: str) -> Repository:
        found = self.repositories.get(f"{owner}/{name}")
        if found is None:
            raise Problem(404, "Not Found")
        return found

    def _ref(self, asked: Asked, owner: str, name: str, branch: str) -> Given:
        new = self.moved.get(f"{owner}/{name}")
        if new is not None:
            there = asked.path.replace(f"/repos/{owner}/{name}", f"/repos/{new}", 1)
            return Given(301, {"message": "Moved Permanently"}, {"location": self.url + there})
        found = self._repository(owner, name).branches.get(branch)
        if found is None:
            raise Problem(404, "Not Found")
        return Given(200, {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": found}})

    def _commit(self, _asked: Asked, owner: str, name: str, sha: str) -> Given:
        found = self._repository(owner, name).commits.get(sha)
        if found is None:
            raise Problem(404, "Not Found")
        return Given(200, {"sha": sha, "tree": {"sha": found.tree}, "message": found.message})

    def _tree(self, _asked: Asked, owner: str, name: str, sha: str) -> Given:
        repository = self._repository(owner, name)
        if sha not in repository.trees:
            raise Problem(404, "Not Found")
        return Given(200, {"sha": sha, "tree": repository.listing(sha), "truncated": repository.truncated})

    def _blob(self, _asked: Asked, owner: str, name: str, sha: str) -> Given:
        found = self._repository(owner, name).blobs.get(sha)
        if found is None:
            raise Problem(404, "Not Found")
        return Given(200, {"sha": sha, "size": len(found), "encoding": "base64", "content": _wrapped(found)})

    def _make_blob(self, asked: Asked, owner: str, name: str) -> Given:
        return Given(201, {"sha": self._repository(owner, name).blob_of(asked.body)})

    def _make_tree(self, asked: Asked, owner: str, name: str) -> Given:
        return Given(201, {"sha": self._repository(owner, name).add_tree(asked.body)})

    def _make_commit(self, asked: Asked, owner: str, name: str) -> Given:
        body = asked.body
        made = self._repository(owner, name).add_commit(body["tree"], tuple(body["parents"]), body["message"])
        return Given(201, {"sha": made})

    def _make_ref(self, asked: Asked, owner: str, name: str) -> Given:
        self._repository(owner, name).add_branch(asked.body["ref"], asked.body["sha"])
        return Given(201, {"ref": asked.body["ref"], "object": {"sha": asked.body["sha"]}})

    def _delete_ref(self, _asked: Asked, owner: str, name: str, branch: str) -> Given:
        if self._repository(owner, name).branches.pop(branch, None) is None:
            raise Problem(422, "Reference does not exist")
        return Given(204)

    def _make_pull(self, asked: Asked, owner: str, name: str) -> Given:
        made = self._repository(owner, name).open_pull(asked.body)
        return Given(201, pull(made, f"{owner}/{name}", self.url))


def pull(made: Issue, repository: str, url: str) -> dict[str, Any]:
    """Return a pull request as GitHub shows it."""
    owner, _, branch = (made.head or "").rpartition(":")
    return {
        "number": made.number,
        "url": f"{url}/repos/{repository}/pulls/{made.number}",
        "html_url": f"https://github.com/{repository}/pull/{made.number}",
        "state": made.state,
        "draft": made.draft,
        "title": made.title,
        "head": {"ref": branch, "label": f"{owner or repository.partition('/')[0]}:{branch}"},
        "base": {"ref": made.base, "label": f"{repository.partition('/')[0]}:{made.base}"},
    }


def _wrapped(content: bytes) -> str:
    return base64.encodebytes(content).decode()


def _claims(token: str) -> dict[str, int] | None:
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, IndexError):
        return None
    return found if isinstance(found, dict) and {"iat", "exp", "iss"} <= set(found) else None
