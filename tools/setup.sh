#!/bin/sh
# Make .venv hold what requirements.lock and pyproject.toml name, and the real Toxiproxy. Run by `make`; quick when
# there is nothing to do, and then it needs no network. PYTHON=... chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/.setup-stamp
embedded=.venv/.embedded-engine # the attempts to get Toxiproxy are not repeated at every run
toxiproxy=.venv/bin/toxiproxy-server

say() { printf '%s\n' "$*"; }
give_up() { say "$*" >&2; exit 1; }

# The folder's name counts: an environment that was moved does not work.
state() { { pwd; cat requirements.lock pyproject.toml tools/setup.sh; } | cksum; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# A name on PATH may be a shim that only prints an error: an interpreter is one that runs.
choose_interpreter() {
    without_venv=
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.14 python3.13 python3.12 python3.11 python3; fi
    for candidate; do
        new_enough "$candidate" || continue
        if makes_environments "$candidate"; then
            interpreter=$candidate
            return
        fi
        without_venv=${without_venv:-$candidate}
    done
    [ -z "$without_venv" ] || give_up "$(name_missing_package "$without_venv")"
    give_up "Python 3.11 or newer is needed${PYTHON:+, and PYTHON=$PYTHON is not one}: install it (for example $(name_python_package)) and run make again."
}

name_missing_package() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "$1 (Python $version) lacks its modules venv and ensurepip: install them (for example apt-get install python$version-venv) and run make again."
}

name_python_package() {
    case $(uname -s) in
        Darwin) say "brew install python@3.13" ;;
        *) say "apt-get install python3 python3-venv" ;;
    esac
}

create_environment() {
    if [ -e .venv ] && ! new_enough .venv/bin/python; then
        say "The interpreter of .venv does not run any more: creating .venv anew."
        rm -rf .venv
    fi
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        choose_interpreter
        say "Creating .venv with $("$interpreter" --version) ($interpreter)."
        "$interpreter" -m venv .venv
    fi
}

install_packages() {
    say "Installing the packages of requirements.lock (once, about a minute)."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-build-isolation --no-deps -e .
}

install_toxiproxy() {
    rm -f "$embedded"
    .venv/bin/python -m crm_contracts.toxiproxy_binary --into .venv/bin
    [ -x "$toxiproxy" ] || : >"$embedded"
}

required() { [ "${CI:-}" = true ] || [ "${CI:-}" = 1 ]; }

if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$(state)" ] || ! new_enough .venv/bin/python; then
    create_environment
    rm -f "$stamp"
    install_packages
    state >"$stamp"
fi
if [ -f "$embedded" ] && [ ! -x "$toxiproxy" ] && ! required && [ "${1:-}" != again ]; then
    say "Toxiproxy could not be had here: the embedded engine will be used (\`make toxiproxy\` tries again)."
elif [ ! -x "$toxiproxy" ]; then
    install_toxiproxy
fi
