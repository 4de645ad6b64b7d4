#!/usr/bin/env bash
# One host: builds the network, runs hosts/NAME.sh, writes the host directory. Called by capture-fixtures.sh inside fresh
# namespaces as: host.sh NAME DIRECTORY CAPTURE_DIRECTORY [COMMAND...]. A COMMAND runs in the host instead of the capture,
# with the same functions (`host.sh docker /tmp/x . bash` looks around).
set -euo pipefail
name=$1 target=$2 capture=$3
shift 3
. "$capture/common.sh"
private_system
base_network
. "$capture/hosts/$name.sh"
for need in ${needs:-}; do command -v "$need" >/dev/null || fail "no $need here (apt-get install ${package:-$need})"; done
setup >&2
if [ $# -gt 0 ]; then "$@"; else write_host "$target"; fi
