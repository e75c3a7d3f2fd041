# Asterism in a container: `docker build --tag asterism .`, then see compose.yaml.
FROM python:3.11-slim AS console
WORKDIR /source
COPY requirements/node.txt requirements/
RUN python -m pip install --quiet --no-deps --require-hashes --target /opt/node --requirement requirements/node.txt
COPY tools/__init__.py tools/console.py tools/
COPY web web
RUN mkdir -p src/asterism/faces/console && CONSOLE_NODE=/opt/node python -m tools.console build

FROM python:3.11-slim AS build
WORKDIR /source
COPY requirements/run.txt requirements/
RUN python -m venv /opt/asterism && /opt/asterism/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE THIRD-PARTY-NOTICES.md ./
COPY src src
COPY --from=console /source/src/asterism/faces/console/dist src/asterism/faces/console/dist
RUN /opt/asterism/bin/python -m pip install --quiet --no-deps --no-build-isolation .

FROM python:3.11-slim
# git for reviews and imports; bubblewrap for agents and apps, where the container may make user namespaces.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data asterism \
    && install --directory --owner=asterism --mode=0700 /data
COPY --from=build /opt/asterism /opt/asterism
ENV PATH=/opt/asterism/bin:$PATH ASTERISM_HOST=0.0.0.0 ASTERISM_DATA_DIR=/data ASTERISM_KEY_STORE=file
USER asterism
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:3000/health', timeout=4)"]
ENTRYPOINT ["asterism"]
CMD ["serve"]
