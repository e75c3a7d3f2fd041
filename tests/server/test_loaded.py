"""What a server carries before anybody asks for it."""

import subprocess
import sys
from pathlib import Path

START = """
import sys
from pathlib import Path
from asterism.cli import main, serve
from asterism.server.logs import configure_logs
from asterism.server.boot import build_runtime, create_app, prepare
from asterism.server.settings import Settings

settings = Settings(data_dir=Path(sys.argv[1]))
rt = build_runtime(settings)
prepare(rt, settings)
create_app(rt, settings)
print(" ".join(sys.modules))
rt.db.close()
"""
FOR_LATER = {"pydantic", "pydantic_core", "pydantic_ai", "openai", "anthropic", "psycopg", "pymysql", "botocore"}
FOR_LATER |= {"rich", "httpx", "httpx2", "h11", "obstore", "re2", "alembic", "sqlalchemy.dialects.postgresql"}


def test_a_server_on_sqlite_loads_no_library_before_its_use(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", START, tmp_path], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "starlette" in loaded
    assert not loaded & FOR_LATER
