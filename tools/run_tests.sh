#!/bin/sh
# All tests: once on SQLite with the browser stories, and the ones that touch data once more on a real PostgreSQL of our own.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
unset PYTHONDONTWRITEBYTECODE
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

if [ "$(id -u)" = 0 ]; then chown postgres "$cluster"; fi
as_postgres "$postgres/initdb" -D "$cluster/data" -U premura --auth=trust >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_postgres "$postgres/pg_ctl" -D "$cluster/data" -w -o "-p $port -c listen_addresses=127.0.0.1 -k $cluster -c fsync=off" -l "$cluster/log" start >/dev/null
as_postgres "$postgres/createdb" -h 127.0.0.1 -p "$port" -U premura premura
mkdir "$PREMURA_DATA/postgres"

# A data folder as at the first start, and one with the demo company: once for all tests that begin from one
TESTS_PREPARED="$PREMURA_DATA/prepared"
TESTS_DEMO="$PREMURA_DATA/demo"
export TESTS_PREPARED TESTS_DEMO
PREMURA_DATA="$TESTS_PREPARED" .venv/bin/premura prepare
cp -R "$TESTS_PREPARED" "$TESTS_DEMO"
# Beside the tests that need neither: the demo company, then the stories in a browser, which wait for it most of the time.
# Those that look round the demo company wait for the file «filled», which says whether it was
(
    code=0
    PREMURA_DATA="$TESTS_DEMO" .venv/bin/premura demo --language it >"$PREMURA_DATA/demo.log" 2>&1 || code=$?
    echo "$code" >"$PREMURA_DATA/filled.new" && mv "$PREMURA_DATA/filled.new" "$TESTS_DEMO/filled"
    exec .venv/bin/pytest tests/browser -m browser
) >"$PREMURA_DATA/browser.log" 2>&1 &
stories=$!
on_postgres="PREMURA_DATA=$PREMURA_DATA/postgres PREMURA_DATABASE=postgres://premura@127.0.0.1:$port/premura"
env $on_postgres .venv/bin/premura prepare >"$PREMURA_DATA/postgres.log" 2>&1 &
tables=$!

failed=0
# The examples of stats and text are run by their own tests
.venv/bin/pytest --import-mode=prepend --doctest-modules --ignore-glob='*/migrations/*' -q src/premura/engine src/premura/importers/table src/premura/core \
    src/premura/entrypoints/web/company/forms.py src/premura/entrypoints/web/prints/sheet.py || failed=1
in_shares="-n 2 --dist loadfile --no-loadscope-reorder"
.venv/bin/pytest $in_shares -m "not browser" || failed=1

# What touches data, once more on PostgreSQL, and every page once
wait "$tables" || { cat "$PREMURA_DATA/postgres.log"; failed=1; }
env $on_postgres .venv/bin/pytest $in_shares -m "not browser" tests/core tests/loop tests/collect/test_collect_answers.py tests/collect/test_collect_crash.py \
    tests/collect/test_collect_files.py "tests/web/test_every_page.py::test_full[it]" \
    tests/importers/test_bringing.py tests/importers/test_import_responses.py \
    --deselect tests/loop/understand/test_engine_cluster.py || failed=1

wait "$stories" || failed=1
echo "In a browser:"
cat "$PREMURA_DATA/browser.log"
exit "$failed"
