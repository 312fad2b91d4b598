#!/bin/sh
# Compiles the services in Go and Java into build/languages, without downloading anything: sh examples/languages/build.sh [go] [java]
set -eu

cd "$(dirname "$0")"
made=../../build/languages

for language in ${*:-go java}; do
    mkdir -p "$made/$language"
    case $language in
        go) (cd go && CGO_ENABLED=0 GOTOOLCHAIN=local GOPROXY=off go build -buildvcs=false -o "../$made/go/" ./...) ;;
        java) javac -d "$made/java" java/*.java ;;
        *) echo "build.sh knows go and java, not $language" >&2; exit 2 ;;
    esac
done
