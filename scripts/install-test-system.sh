#!/usr/bin/env bash
# Installs the servers the tests drive, when they are missing: PostgreSQL and Chromium.
set -euo pipefail

wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || wanted+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
[ "${#wanted[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "The tests need ${wanted[*]}; install them (apt-get install ${wanted[*]}), or run as root." >&2; exit 1; }
  as_root=(sudo)
fi
command -v apt-get >/dev/null || { echo "The tests need ${wanted[*]}; install them with your system's package manager." >&2; exit 1; }
echo "Installing ${wanted[*]} for the tests"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
