# One image for every process of ours: web, events, worker, beat, jobs, and the demo's mail server and simulators.

FROM node:24-slim AS pages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend frontend
COPY templates templates
COPY tenesa tenesa
COPY tickets tickets
COPY pending pending
COPY vvip vvip
COPY caring caring
RUN npm run build

FROM python:3.12-slim AS wheels
WORKDIR /src
COPY requirements.txt constraints.txt ./
# The embedded databases stay out: here PostgreSQL and Redis are servers.
RUN sed '/^# The databases of/,$d' requirements.txt > server.txt \
    && pip wheel --no-cache-dir --wheel-dir /wheels -r server.txt -c constraints.txt

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore::UserWarning:django_fsm STATIC_ROOT=/app/build/static
RUN useradd --system --uid 10001 --home-dir /app tenesa && install -d -o tenesa /data /data/mail /data/systems /data/exports
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels pip install --no-cache-dir --no-index /wheels/*.whl
WORKDIR /app
COPY manage.py ./
COPY locale locale
COPY templates templates
COPY segmentation segmentation
COPY tenesa tenesa
COPY tickets tickets
COPY pending pending
COPY vvip vvip
COPY caring caring
COPY --from=pages /src/static static
RUN python -m tenesa.launch.catalogues && SECRET_KEY=only-to-collect python manage.py collectstatic --noinput --verbosity 0
USER tenesa
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "tenesa.wsgi:application"]
