"""Python apps."""

from tests.features.operations.detection.apps import App, package

FLASK = "from flask import Flask\n"

PYTHON = [
    App(
        "heroku python-getting-started",
        {
            "requirements.txt": "django>=5.1,<5.2\ngunicorn>=23\nwhitenoise\n",
            "Procfile": "web: gunicorn --config gunicorn.conf.py gettingstarted.wsgi\n",
            "manage.py": "",
            "gettingstarted/wsgi.py": "",
            ".python-version": "3.13\n",
            "gunicorn.conf.py": "",
        },
        *("python", "pip", None, "gunicorn --config gunicorn.conf.py gettingstarted.wsgi", "django", "3.13"),
    ),
    App(
        "render flask-hello-world",
        {"requirements.txt": "Flask\nGunicorn\n", "app.py": f"{FLASK}app = Flask(__name__)\n"},
        *("python", "pip", None, "gunicorn app:app --bind 0.0.0.0:$PORT", "flask"),
    ),
    App(
        "flask, factory called by wsgi.py",
        {
            "requirements.txt": "flask\ngunicorn\n",
            "wsgi.py": "from shop import create_app\napp = create_app()\n",
            "shop/__init__.py": "def create_app():\n    app = Flask(__name__)\n    return app\n",
        },
        *("python", "pip", None, "gunicorn wsgi:app --bind 0.0.0.0:$PORT", "flask"),
    ),
    App(
        "django below the top",
        {
            "requirements.txt": "Django==5.0\ngunicorn\n",
            "mysite/manage.py": "",
            "mysite/mysite/settings.py": "WSGI_APPLICATION = 'mysite.wsgi.application'\n",
            "mysite/mysite/wsgi.py": "",
        },
        *("python", "pip", None, "gunicorn --chdir mysite mysite.wsgi --bind 0.0.0.0:$PORT", "django"),
    ),
    App(
        "django below the top, no server",
        {"requirements.txt": "Django==5.0\n", "mysite/manage.py": "", "mysite/mysite/wsgi.py": ""},
        *("python", "pip", None, "python mysite/manage.py runserver 0.0.0.0:$PORT", "django"),
    ),
    App(
        "django with channels",
        {"requirements.txt": "django\ndaphne\nchannels\n", "manage.py": "", "chat/asgi.py": "", "chat/wsgi.py": ""},
        *("python", "pip", None, "daphne -b 0.0.0.0 -p $PORT chat.asgi:application", "django"),
    ),
    App(
        "django with a theme built by npm",
        {
            "pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.12"\ndependencies = ["django"]\n',
            "uv.lock": "",
            "manage.py": "",
            "x/wsgi.py": "",
            "package.json": package({"build": "webpack", "start": "webpack serve"}, ["react"], ["webpack"]),
            "webpack.config.js": "",
        },
        *("python", "uv", None, "python manage.py runserver 0.0.0.0:$PORT", "django", ">=3.12"),
    ),
    App(
        "fastapi beside tailwind",
        {
            "requirements.txt": "fastapi[standard]\n",
            "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
            "package.json": package({"build:css": "tailwindcss -o a.css"}, dev=["tailwindcss"]),
            "tailwind.config.js": "",
        },
        *("python", "pip", None, "uvicorn main:app --host 0.0.0.0 --port $PORT", "fastapi"),
    ),
    App(
        "fastapi factory",
        {
            "requirements.txt": "fastapi\nuvicorn\n",
            "app/main.py": "def create_app() -> FastAPI:\n    app = FastAPI()\n    return app\n",
        },
        *("python", "pip", None, "uvicorn app.main:create_app --factory --host 0.0.0.0 --port $PORT", "fastapi"),
    ),
    App(
        "railway fastapi",
        {
            "requirements.txt": "fastapi==0.100.0\nhypercorn==0.14.4\n",
            "main.py": "app = FastAPI()\n",
            "railway.json": '{"deploy": {"startCommand": "hypercorn main:app --bind \\"[::]:$PORT\\""}}',
        },
        *("python", "pip", None, 'hypercorn main:app --bind "[::]:$PORT"', "fastapi"),
    ),
    App(
        "render.yaml names the command",
        {
            "requirements.txt": "flask\n",
            "render.yaml": "services:\n  - buildCommand: ./build.sh\n    startCommand: python -m site_app\n",
            "build.sh": "",
            "site_app/__init__.py": "",
        },
        *("python", "pip", "./build.sh", "python -m site_app", "flask"),
    ),
    App(
        "quart",
        {"requirements.txt": "quart\nhypercorn\n", "app.py": "app = Quart(__name__)\n"},
        *("python", "pip", None, "hypercorn app:app --bind 0.0.0.0:$PORT", "quart"),
    ),
    App(
        "sanic",
        {"requirements.txt": "sanic\n", "server.py": "from sanic import Sanic\napp = Sanic('x')\n"},
        *("python", "pip", None, "sanic server:app --host 0.0.0.0 --port $PORT", "sanic"),
    ),
    App(
        "dash",
        {"requirements.txt": "dash\ngunicorn\n", "app.py": "app = Dash(__name__)\nserver = app.server\n"},
        *("python", "pip", None, "gunicorn app:server --bind 0.0.0.0:$PORT", "dash"),
    ),
    App(
        "chainlit",
        {"requirements.txt": "chainlit\nopenai\n", "app.py": ""},
        *("python", "pip", None, "chainlit run app.py --headless --host 0.0.0.0 --port $PORT", "chainlit"),
    ),
    App(
        "gradio",
        {"requirements.txt": "gradio\n", "app.py": "demo.launch()\n"},
        *("python", "pip", None, "python app.py", "gradio"),
    ),
    App(
        "streamlit in a file of its own name",
        {"requirements.txt": "streamlit\n", "streamlit_app.py": "", "pages/a.py": ""},
        "python",
        "pip",
        None,
        "streamlit run streamlit_app.py --server.address 0.0.0.0 --server.port $PORT",
        "streamlit",
    ),
    App(
        "nixpacks python-setuptools",
        {"pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n[project]\nname = "x"\n', "x/__main__.py": ""},
        *("python", "pip", None, "python -m x"),
    ),
    App(
        "nixpacks python-poetry",
        {
            "pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.9"\n',
            "main.py": "",
            "poetry.lock": "",
        },
        *("python", "poetry", None, "python main.py", None, "^3.9"),
    ),
    App(
        "nixpacks python-pipfile",
        {"Pipfile": '[packages]\ncowsay = "*"\n[scripts]\nstart = "python main.py"\n', "main.py": ""},
        *("python", "pipenv", None, "python main.py"),
    ),
    App(
        "pipenv with a start of another name",
        {"Pipfile": '[packages]\nflask = "*"\n[scripts]\nstart = "python serve.py"\n', "serve.py": ""},
        *("python", "pipenv", None, "python serve.py", "flask"),
    ),
    App(
        "poetry with a command of its own",
        {"pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.scripts]\nserve = "x:run"\n', "x/__init__.py": ""},
        *("python", "poetry", None, "serve"),
    ),
    App(
        "uv workspace",
        {
            "pyproject.toml": '[project]\nname = "x"\ndependencies = []\n[tool.uv.workspace]\nmembers = ["part"]\n',
            "part/pyproject.toml": '[project]\nname = "part"\n',
            "main.py": "",
        },
        *("python", "uv", None, "python main.py"),
    ),
    App(
        "pelican",
        {"requirements.txt": "pelican[markdown]\n", "pelicanconf.py": "", "publishconf.py": "", "content/a.md": ""},
        *("python", "pip", "pelican content -o output -s publishconf.py", None, "pelican"),
        output="output",
    ),
    App(
        "mkdocs by uv",
        {"pyproject.toml": '[project]\ndependencies = ["mkdocs-material"]\n', "uv.lock": "", "mkdocs.yml": ""},
        *("static", "uv", "mkdocs build", None, "mkdocs"),
        output="site",
    ),
    App(
        "aiohttp",
        {"requirements.txt": "aiohttp\n", "server.py": "web.run_app(app)\n"},
        *("python", "pip", None, "python server.py", "aiohttp"),
    ),
]
