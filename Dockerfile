# Stage 1: an environment from the pinned, hashed lock, and the project itself.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/wangge
COPY requirements.lock requirements-build.lock ./
RUN /opt/wangge/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
RUN python -m venv /opt/builder \
 && /opt/builder/bin/pip install --require-hashes --only-binary :all: -r requirements-build.lock
COPY pyproject.toml README.md README.zh-CN.md LICENSE CHANGELOG.md ./
COPY geo geo
COPY layers layers
COPY maps maps
COPY api api
COPY data data
RUN /opt/builder/bin/python -m hatchling build -t wheel -d /wheel \
 && /opt/wangge/bin/pip install --no-deps /wheel/*.whl \
 && /opt/wangge/bin/python -m compileall -q /opt/wangge/lib

# Stage 2: only the environment, run by a user that may write only its own data; the root may be read-only.
FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 --shell /usr/sbin/nologin wangge \
 && install -d -o wangge -g wangge -m 700 /var/lib/wangge \
 && find / -xdev -perm /6000 -type f -exec chmod a-s {} +
COPY --from=build /opt/wangge /opt/wangge
ENV PATH=/opt/wangge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/home/wangge/numba \
    WANGGE_HOME=/var/lib/wangge
USER wangge
# numba keeps what it compiled only where it may write: compiled here once, not at each start
RUN python -c 'from geo.partition.search.run import warm_up; warm_up()'
WORKDIR /var/lib/wangge
VOLUME ["/var/lib/wangge", "/home/wangge/numba"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
CMD ["wangge", "serve", "--host", "0.0.0.0", "--port", "8000"]
