#!/bin/sh
# Install Wangge from this folder; nothing is fetched. As root: sudo ./install.sh
#   ./install.sh [--prefix DIR] [--no-service]
#   --prefix      where the program goes; /opt/wangge without it. A newer version goes beside the older one
#   --no-service  the program only: no user, no settings, no systemd unit; needs no root
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=/opt/wangge service=yes
fail() { printf '%s\n' "$*" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case "$1" in
    --prefix) [ $# -ge 2 ] || fail "--prefix needs a folder"; prefix=$2; shift 2 ;;
    --no-service) service=no; shift ;;
    *) fail "unknown option $1; there are --prefix DIR and --no-service" ;;
  esac
done
case "$prefix" in /*) ;; *) prefix=$PWD/$prefix ;; esac
[ "$service" = no ] || [ "$(id -u)" = 0 ] || fail "run it as root (sudo ./install.sh), or with --no-service --prefix DIR"
umask 022

cd "$here"
sha256sum --quiet --check SHA256SUMS || fail "this folder is damaged or was changed; copy the bundle again"
want=$(cat PYTHON)
python=
for one in "python$want" python3; do
  if command -v "$one" >/dev/null && [ "$("$one" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$want" ]; then
    python=$(command -v "$one")
    break
  fi
done
[ -n "$python" ] || fail "this bundle is for Python $want, which was not found here; install it, or make a bundle with --python"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "Python's venv module is missing: apt install python$want-venv (or the like)"

version=$(sed -n 's/^wangge==\([^ ]*\).*/\1/p' wangge.lock)
place="$prefix/$version"
[ ! -e "$place" ] || fail "$place is there already; take it away to install this version anew"
mkdir -p "$prefix"
trap 'rm -rf "$place"' EXIT # half an environment is none
"$python" -m venv "$place"
"$place/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels \
  --only-binary :all: --require-hashes -r requirements.lock
"$place/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels \
  --no-deps --require-hashes -r wangge.lock
"$place/bin/python" -m compileall -q "$place/lib" || true
"$place/bin/wangge" --version
cp LICENSE THIRD-PARTY.txt INSTALL.md INSTALL.zh-CN.md "$place/"
trap - EXIT
ln -sfn "$version" "$prefix/.current.new" && mv -T "$prefix/.current.new" "$prefix/current"
printf '%s\n' "installed in $place; $prefix/current leads there"
[ "$service" = yes ] || { printf '%s\n' "try: $prefix/current/bin/wangge demo --serve"; exit 0; }

getent passwd wangge >/dev/null || useradd --system --home-dir /var/lib/wangge --no-create-home --shell /usr/sbin/nologin wangge
install -d -o wangge -g wangge -m 700 /var/lib/wangge
install -d -o root -g wangge -m 750 /etc/wangge
[ -e /etc/wangge/wangge.env ] || install -o root -g wangge -m 640 wangge.env /etc/wangge/wangge.env
sed "s|/opt/wangge|$prefix|g" wangge.service >/etc/systemd/system/wangge.service
sed "s|/opt/wangge|$prefix|g" wangge >/usr/local/bin/wangge && chmod 755 /usr/local/bin/wangge
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
cat <<'NEXT'
Next, as root:
  wangge user add NAME --role admin       its first password is shown once   首个账号，密码只显示一次
  systemctl enable --now wangge           then http://127.0.0.1:8000         启动服务
  wangge doctor                           what is not as it should be        检查
Settings: /etc/wangge/wangge.env. Data and keys: /var/lib/wangge. More: INSTALL.md  安装说明：INSTALL.zh-CN.md
NEXT
