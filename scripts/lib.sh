# Shared by the scripts beside it: where things are, and how they speak. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

target=${CARGO_TARGET_DIR:-$root/target}
case $target in /*) ;; *) target=$root/$target ;; esac
export CARGO_TARGET_DIR=$target

# Tools that the build needs and cargo does not bring. One folder may serve several checkouts.
tools=${AP_INTAKE_TOOLS_DIR:-$root/.tools}
case $tools in /*) ;; *) tools=$root/$tools ;; esac

# `@import "tailwindcss"` in style/main.css is resolved through NODE_PATH.
export PATH="$tools/bin:$tools/npm/node_modules/.bin:$HOME/.cargo/bin:$PATH"
export NODE_PATH="$tools/npm/node_modules"

say() { printf '\n==> %s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# step TITLE SECONDS COMMAND…: runs the command, stopped after SECONDS; says how long it took.
step() {
    local title=$1 limit=$2 start=$SECONDS code=0
    shift 2
    say "$title"
    timeout --kill-after=15 "$limit" "$@" || code=$?
    if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
        die "$title: stopped after $limit s"
    fi
    printf -- '--- %s: %d s%s\n' "$title" $((SECONDS - start)) "$([ "$code" -eq 0 ] || echo " (failed, exit code $code)")"
    return "$code"
}

# The hash of every file that belongs to the project, changed or new ones as they stand, and of the compiler.
tree_hash() {
    {
        rustc --version
        git ls-files -z --cached --others --exclude-standard -- "$@" | while IFS= read -r -d '' file; do
            [ -f "$file" ] && printf '%s\0' "$file"
        done | sort -z | xargs -0 sha256sum
    } | sha256sum | cut -d' ' -f1
}

# unchanged NAME HASH: whether the last good run of NAME saw the same tree. Never in CI, never with FORCE=1.
unchanged() {
    [ "${CI:-}" != true ] && [ "${FORCE:-}" != 1 ] && [ "$(cat "$target/stamps/$1" 2>/dev/null)" = "$root $2" ]
}

# remember NAME HASH: the last step of a good run.
remember() {
    mkdir -p "$target/stamps"
    printf '%s\n' "$root $2" >"$target/stamps/$1"
}

free_port() {
    node -e 'const s = require("node:net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); });'
}
