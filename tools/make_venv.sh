#!/bin/sh
# Make the virtual environment. On Debian and Ubuntu the standard library's venv may need the package python3-venv.
set -eu
python=$1
venv=$2
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Premura needs Python 3.11 or newer; $("$python" --version) was found. Name another: make run PYTHON=python3.11" >&2
    exit 1
fi
if [ ! -x "$venv/bin/pip" ] && ! "$python" -m venv "$venv" >/dev/null 2>&1; then
    package="python3-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq "$package" >/dev/null
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo apt-get update -qq && sudo apt-get install -y -qq "$package" >/dev/null
    else
        echo "Python's venv module is missing. Type this once, then make again:  sudo apt-get install $package" >&2
        exit 1
    fi
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
