#!/bin/sh
# Resolve pyproject.toml (all extras, all groups, the build backend) into requirements.lock: one file with hashes for
# Python 3.11 to 3.14 on Linux and macOS. Pins stay as they are unless UPGRADE=1 or a range has moved.
# uv is taken from PATH, else from a throw-away environment. PIP_INDEX_URL is honoured and never written down.
set -eu
cd "$(dirname "$0")/.."

if ! uv=$(command -v uv); then
    throw_away=$(mktemp -d)
    trap 'rm -rf "$throw_away"' EXIT INT TERM
    "${PYTHON:-python3}" -m venv "$throw_away"
    "$throw_away/bin/python" -m pip install --quiet --disable-pip-version-check uv
    uv=$throw_away/bin/uv
fi

"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev \
    --no-emit-index-url --no-emit-find-links --annotation-style line --custom-compile-command "make lock" \
    ${PIP_INDEX_URL:+--default-index "$PIP_INDEX_URL"} ${UPGRADE:+--upgrade} \
    pyproject.toml --output-file requirements.lock
