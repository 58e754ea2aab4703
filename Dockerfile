# Postbag in a container: built from the hash-locked files, run as nobody in particular on a file system that cannot be written.
#
#   docker compose -f deploy/compose.yaml up --build        (deploy/README.md, "In containers")

FROM docker.io/library/python:3.12-slim AS build
WORKDIR /source
RUN python -m venv /opt/postbag
COPY deploy/requirements-postgres.txt deploy/build-requirements.txt deploy/
RUN /opt/postbag/bin/pip install --no-cache-dir --require-hashes -r deploy/requirements-postgres.txt
RUN /opt/postbag/bin/pip install --no-cache-dir --require-hashes -r deploy/build-requirements.txt
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY bot bot
COPY storage storage
COPY templates templates
RUN /opt/postbag/bin/pip install --no-cache-dir --no-deps --no-build-isolation .
RUN /opt/postbag/bin/python -m compileall -q /opt/postbag/lib

FROM docker.io/library/python:3.12-slim
COPY --from=build /opt/postbag /opt/postbag
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin postbag && install -d -m 700 -o 10001 -g 10001 /data
ENV POSTBAG_DATA=/data \
    POSTBAG_LIFE__LISTEN=127.0.0.1:9630 \
    POSTBAG_SUPERVISOR__RESTARTS=true \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m --retries=4 \
    CMD ["/opt/postbag/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9630/livez', timeout=8)"]
ENTRYPOINT ["/opt/postbag/bin/postbag"]
CMD ["run"]
