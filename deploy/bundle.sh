#!/usr/bin/env bash
# Everything a machine without a registry needs, in one file: ./dev bundle [--python 3.11] [--glibc 2.28] [--wheels DIR] [--out DIR]
#   --python   version on the machine it is for; --glibc the oldest C library it must run on (Kylin V10, UOS 20, RHEL 8: 2.28)
#   --wheels   a folder of wheels fetched before, used first
# Wheels are taken with the hashes of requirements.lock and nothing else. Needs pip, and a registry for what --wheels lacks.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python="${WANGGE_PYTHON:-python3}" out="$root/dist" wheels="" glibc=2.28
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
fail() { printf '%s\n' "$*" >&2; exit 2; }
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case "$1" in
    --python) version="$2" ;;
    --glibc) glibc="$2" ;;
    --wheels) wheels=$(cd "$2" && pwd) ;;
    --out) mkdir -p "$2" && out=$(cd "$2" && pwd) ;;
    *) fail "unknown option $1; there are --python, --glibc, --wheels, --out" ;;
  esac
  shift 2
done
[[ "$version" =~ ^3\.[0-9]+$ && "$glibc" =~ ^2\.[0-9]+$ ]] || fail "versions look like --python 3.11 --glibc 2.28"

release=$("$python" -c 'import sys, tomllib; print(tomllib.load(open(sys.argv[1], "rb"))["project"]["version"])' "$root/pyproject.toml")
machine=$(uname -m)
name="wangge-$release-linux-$machine-py${version/./}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/wheels" "$out"

platforms=()
for minor in $(seq "${glibc#2.}" -1 5); do platforms+=(--platform "manylinux_2_${minor}_$machine"); done
platforms+=(--platform "manylinux2014_$machine" --platform "linux_$machine")
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  --python-version "$version" --implementation cp "${platforms[@]}" ${wheels:+--find-links "$wheels"} \
  -r "$root/requirements.lock" -d "$work/$name/wheels"
built=$(cd "$root" && "$python" -m hatchling build -t wheel -d "$work/own" 2>&1) || fail "$built"
own=$(basename "$work"/own/*.whl)
mv "$work/own/$own" "$work/$name/wheels/"

cp "$root/requirements.lock" "$root/LICENSE" "$root/deploy/wangge.service" "$root/deploy/wangge.env" "$work/$name/"
cp "$root/deploy/INSTALL.md" "$root/deploy/INSTALL.zh-CN.md" "$work/$name/"
install -m 755 "$root/deploy/install.sh" "$root/deploy/wangge" "$work/$name/"
printf '%s\n' "$version" >"$work/$name/PYTHON"
printf 'wangge==%s --hash=sha256:%s\n' "$release" "$(sha256sum "$work/$name/wheels/$own" | cut -d' ' -f1)" >"$work/$name/wangge.lock"
"$python" "$root/deploy/notices.py" "$work/$name/wheels" >"$work/$name/THIRD-PARTY.txt"
(cd "$work/$name" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS)

tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -cf "$work/$name.tar" "$name" # wheels are packed already
mv "$work/$name.tar" "$out/"
(cd "$out" && sha256sum "$name.tar" >"$name.tar.sha256")
printf '%s\n' "$out/$name.tar"
