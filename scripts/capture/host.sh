#!/usr/bin/env bash
# One host: builds the network, runs hosts/NAME.sh, writes the host directory. Called by capture-fixtures.sh as
#   host.sh NAME DIRECTORY [COMMAND...]
# It first moves itself into fresh namespaces. A COMMAND runs in the host instead of the capture, with the functions of
# common.sh: `host.sh docker - bash` looks around. NAME may be a file of the same kind elsewhere. With HOOKLINE_SHIM, a
# directory that `hookline shim` wrote, its commands stand in for the real ones.
set -euo pipefail
if [ "${HOOKLINE_CAPTURE:-}" != inside ]; then
  HOOKLINE_CAPTURE=inside exec unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0" "$@"
fi
name=$1 target=$2 capture=$(cd "$(dirname "$0")" && pwd)
shift 2
. "$capture/common.sh"
private_system
base_network
case "$name" in */*) . "$name" ;; *) . "$capture/hosts/$name.sh" ;; esac
for need in ${needs:-}; do command -v "$need" >/dev/null || fail "no $need here (apt-get install ${package:-$need})"; done
setup >&2
if [ $# -gt 0 ]; then "$@"; else write_host "$target"; fi
