# syntax=docker/dockerfile:1
# Two stages: what builds stays behind. Every package is checked against the hashes in requirements.txt.
FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
RUN python -m venv /opt/vestka
COPY requirements.txt .
RUN /opt/vestka/bin/pip install --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY adapters ./adapters
# Without build isolation: hatchling came with the hash-checked packages, and leaves with pip.
RUN /opt/vestka/bin/pip install --no-deps --no-build-isolation . \
    && /opt/vestka/bin/pip uninstall -y hatchling trove-classifiers pathspec pip

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Vestka" \
      org.opencontainers.image.description="Alerts on releases of political prisoners in Belarus and on sanctions" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
COPY --from=build /opt/vestka /opt/vestka
RUN install -d -o 10001 -g 10001 -m 0700 /data
ENV PATH=/opt/vestka/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VESTKA_DATABASE__URL=sqlite:////data/vestka.db \
    VESTKA_BOT__KEY_FILE=/run/secrets/vestka_key \
    VESTKA_BOT__FORGOTTEN_FILE=/data/forgotten \
    VESTKA_LOGS__FORMAT=json
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["vestka", "healthcheck"]
ENTRYPOINT ["vestka"]
CMD ["run"]
