"""Notion and GitHub on loopback, as far as Asterism speaks with them: `asterism dev fake-notion`, `dev fake-github`.

They keep pages and repositories in memory, check headers and tokens as the real ones do, page through results, count
limits, and fail on demand:

    async with FakeGitHub() as github:                     # or: with in_thread(FakeGitHub()) as github
        github.add_repository("octo/demo", {"run.sh": File(b"echo", "100755")})
        github.fail("/git/refs", 422, {"message": "Reference already exists"})
        ... ASTERISM_GITHUB_BASE_URL = github.url, ASTERISM_GITHUB_LOGIN_URL = github.login_url
        assert github.of("POST", "/pulls")[0].body["title"] == "..."
"""

from asterism.kernel.upstreams.fakes.github import FakeGitHub
from asterism.kernel.upstreams.fakes.notion import FakeNotion, Page
from asterism.kernel.upstreams.fakes.repositories import File, Issue, Repository

__all__ = ["FakeGitHub", "FakeNotion", "File", "Issue", "Page", "Repository"]
