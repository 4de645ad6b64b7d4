#!/usr/bin/env bash
# Re-creates fixtures/: host directories captured from real programs on a real kernel, and the corpora of save and error
# texts. Needs root, Linux, and Debian 12's iptables, ipset, iproute2, jq; each host also wants its own program.
# fixtures/golden has a script of its own: capture/golden.sh.
# Nothing outside the repository is changed: every host lives in its own network, mount and process namespace, sees /etc,
# /var and /run through a throw-away overlay, and has iptables replaced by iptables-legacy there.
#
#   scripts/capture-fixtures.sh                 everything
#   scripts/capture-fixtures.sh corpus ufw      only these (corpus: fixtures/save and errors; answers: every kernel.json)
#   scripts/capture-fixtures.sh --list          the names
#
# A second run leaves no difference: files are rewritten only when more than dates and counters changed.
# What cannot be done is skipped with the reason, and the exit status is then 3.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

names() { (cd "$here/capture/hosts" && ls ./*.sh | sed 's|^\./||; s|\.sh$||'); }
if [ "${1:-}" = --list ]; then echo corpus; names; echo answers; exit 0; fi
[ "$(id -u)" = 0 ] || { echo "skipped everything: needs root for network namespaces" >&2; exit 3; }

status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
skip() { echo "skipped $1: $2" >&2; status=3; }
for tool in iptables-legacy ip6tables-legacy ipset ip jq node unshare; do
  command -v "$tool" >/dev/null || { skip everything "no $tool here"; exit 3; }
done

corpus() { unshare -n node "$here/capture/corpus.mjs" save && unshare -n node "$here/capture/corpus.mjs" errors; }

host() {
  bash "$here/capture/host.sh" "$1" "$root/fixtures/$1"
}

for name in $([ $# -gt 0 ] && echo "$@" || { echo corpus; names; echo answers; }); do
  if [ "$name" = corpus ]; then corpus || skip corpus "the tools failed"; continue; fi
  if [ "$name" = answers ]; then node "$here/capture/questions.mjs" || skip answers "not every question was answered"; continue; fi
  if [ ! -f "$here/capture/hosts/$name.sh" ]; then skip "$name" "no such host"; continue; fi
  host "$name" 2>"$log" || skip "$name" "$(tail -n 1 "$log")"
done
exit "$status"
