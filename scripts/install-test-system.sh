#!/usr/bin/env bash
# Installs the servers the tests drive, when they are missing: PostgreSQL, and Chromium's engine without its window.
set -euo pipefail

present() { command -v "$1" >/dev/null; }
export DEBIAN_FRONTEND=noninteractive
wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || present initdb || wanted+=(postgresql)
if ! present chromium-headless-shell; then
  if present chromium || present chromium-browser || present google-chrome; then
    # the tests pass with these too, only slower: not worth asking for a password or failing
    [ "$(id -u)" -ne 0 ] || apt-get install -y -qq --no-install-recommends chromium-headless-shell &>/dev/null || true
  else
    wanted+=(chromium)
  fi
fi
[ "${#wanted[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "The tests need ${wanted[*]}; install them (apt-get install ${wanted[*]}), or run as root." >&2; exit 1; }
  as_root=(sudo)
fi
command -v apt-get >/dev/null || { echo "The tests need ${wanted[*]}; install them with your system's package manager." >&2; exit 1; }
echo "Installing ${wanted[*]} for the tests"
"${as_root[@]}" apt-get update -qq
if [[ " ${wanted[*]} " == *" chromium "* ]] && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
  wanted=("${wanted[@]/#chromium/chromium-headless-shell}") # not everywhere a package of its own
fi
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
