#!/bin/sh
# All tests: once on SQLite with the browser stories, and the ones that touch data once more on a real PostgreSQL of our own.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
PREMURA_DATA=$(mktemp -d)
export PREMURA_DATA
cluster=$(mktemp -d)
postgres=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
stop() {
    as_postgres "$postgres/pg_ctl" -D "$cluster/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$cluster" "$PREMURA_DATA"
}
# PostgreSQL refuses to run as root
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
trap stop EXIT INT TERM

.venv/bin/pytest --import-mode=prepend --doctest-modules --ignore-glob='*/migrations/*' -q src/premura/stats src/premura/engine src/premura/importers/table src/premura/core \
    src/premura/entrypoints/web/company/forms.py
.venv/bin/pytest -n 2 --dist loadfile -m "not browser"
.venv/bin/pytest -m browser

if [ "$(id -u)" = 0 ]; then chown postgres "$cluster"; fi
as_postgres "$postgres/initdb" -D "$cluster/data" -U premura --auth=trust >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_postgres "$postgres/pg_ctl" -D "$cluster/data" -w -o "-p $port -c listen_addresses=127.0.0.1 -k $cluster -c fsync=off" -l "$cluster/log" start >/dev/null
as_postgres "$postgres/createdb" -h 127.0.0.1 -p "$port" -U premura premura
PREMURA_DATABASE="postgres://premura@127.0.0.1:$port/premura" .venv/bin/pytest -n 2 --dist loadfile -m "not browser" tests/core tests/loop tests/collect tests/web tests/importers
