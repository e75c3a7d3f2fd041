"""Small example apps, and what each is.

Every one answers `/` with the text `first version`; those with a process of their own end it when asked for `/crash`.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
FIRST, SECOND = b"first version", b"second version"


@dataclass(frozen=True)
class Example:
    """An example app: what it is found to be, and which program has to be on the machine to make it.

    `crashes` tells whether it has a process of its own; `offline` that making it needs no network.
    """

    name: str
    runtime: str
    manager: str | None
    start: str | None
    output: str | None = None
    needs: str | None = None
    offline: bool = False

    @property
    def crashes(self) -> bool:
        """Whether the app is a process rather than files to be served."""
        return self.output is None

    def tree(self) -> dict[str, bytes]:
        """Return the files of the app, by path."""
        folder = FOLDER / self.name
        found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}

    def changed(self) -> dict[str, bytes]:
        """Return the files of a second version."""
        return {path: content.replace(FIRST, SECOND) for path, content in self.tree().items()}


EXAMPLES = [
    Example("static", "static", None, None, ".", offline=True),
    Example("node_local", "node", "npm", "node server.js", needs="node", offline=True),
    Example("python_local", "python", "pip", "python main.py", offline=True),
    Example("express", "node", "npm", "node index.js", needs="node"),
    Example("fastify", "node", "npm", "node server.js", needs="node"),
    Example("next_export", "node", "npm", None, "out", needs="node"),
    Example("vite", "node", "npm", None, "dist", needs="node"),
    Example("eleventy", "node", "npm", None, "_site", needs="node"),
    Example("flask", "python", "pip", "gunicorn app:app --bind 0.0.0.0:$PORT"),
    Example("fastapi", "python", "pip", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
    Example("django", "python", "pip", "python manage.py runserver 0.0.0.0:$PORT"),
    Example("go", "go", "go", "go run .", needs="go"),
    Example("rust", "rust", "cargo", "./target/release/app", needs="cargo"),
]
