#!/bin/sh
# The real parts that the tests use besides Python: a browser, a PostgreSQL server, an IMAP server, and Java for a
# Spark cluster (its server parts come with the Python package pyspark).
set -eu
needed=""
command -v chromium >/dev/null 2>&1 || needed="$needed chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || needed="$needed postgresql"
[ -x /usr/sbin/dovecot ] || needed="$needed dovecot-imapd"
command -v java >/dev/null 2>&1 || needed="$needed default-jre-headless"
[ -z "$needed" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq $needed >/dev/null
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $needed >/dev/null
else
    echo "The tests need$needed. Type this once, then make again:  sudo apt-get install$needed" >&2
    exit 1
fi
