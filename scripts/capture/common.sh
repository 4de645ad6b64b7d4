# Shared by the host scripts: a private system, the base network, and the writer of host directories.

fail() { echo "$*" >&2; exit 1; }

# /etc, /var and /run become throw-away, and "iptables" means iptables-legacy or the shim, in this mount namespace only.
private_system() {
  mount --make-rprivate /
  scratch=$(mktemp -d)
  mount -t tmpfs none "$scratch"
  local dir
  for dir in etc var; do
    mkdir -p "$scratch/$dir/upper" "$scratch/$dir/work"
    mount -t overlay overlay -o "lowerdir=/$dir,upperdir=$scratch/$dir/upper,workdir=$scratch/$dir/work" "/$dir"
  done
  mount -t tmpfs none /run
  mkdir -p /run/lock
  if [ -n "${HOOKLINE_SHIM:-}" ]; then
    mount --bind "$HOOKLINE_SHIM/xtables-legacy-multi" /usr/sbin/xtables-legacy-multi
  fi
  mount --bind /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi
}

# A second network namespace, joined to interface $1 of this host: peer INTERFACE MAC. Prints its process id.
neighbour() {
  local interface=$1 mac=$2 process
  unshare --net sleep infinity >/dev/null 2>&1 &
  process=$!
  while [ "$(readlink "/proc/$process/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do :; done
  ip link add "$interface" address "$mac" type veth peer name eth0 netns "$process"
  ip link set "$interface" up
  nsenter -t "$process" -n sh -c 'ip link set lo up; ip link set eth0 up; sysctl -qw net.ipv6.conf.eth0.accept_dad=0'
  echo "$process"
}

# eth0 as every fixture has it, with a neighbour that is the default gateway.
base_network() {
  sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0 \
    net.ipv6.conf.default.router_solicitations=0
  ip link set lo up
  gateway=$(neighbour eth0 02:00:c0:00:02:0a)
  ip addr add 192.0.2.10/24 dev eth0
  ip addr add 2001:db8::10/64 dev eth0 nodad
  nsenter -t "$gateway" -n sh -c '
    ip link set eth0 address 02:00:c0:00:02:01
    ip addr add 192.0.2.1/24 dev eth0; ip addr add 2001:db8::1/64 dev eth0 nodad
    ip link add far type veth peer name far0; ip link set far up; ip link set far0 up
    for net in 203.0.113.1/24 198.51.100.1/24; do ip addr add $net dev far; done
    ip addr add 2001:db8:f::1/64 dev far nodad
    sysctl -qw net.ipv4.ip_forward=1'
  ip route add default via 192.0.2.1 dev eth0
  ip -6 route add default via 2001:db8::1 dev eth0
}

# A bridge with an address, and a neighbour on it that plays a container: bridge NAME CIDR MAC
bridge() {
  ip link add "$1" address "$3" type bridge
  ip addr add "$2" brd + dev "$1"
  ip link set "$1" up
}
# container BRIDGE INTERFACE CIDR GATEWAY MAC; prints the process id of its namespace
container() {
  local process
  process=$(neighbour "$2" "fe:${5#*:}")
  ip link set "$2" master "$1"
  nsenter -t "$process" -n sh -c "ip link set eth0 address $5; ip addr add $3 dev eth0; ip route add default via $4"
  echo "$process"
}

# The parts of sysctl that change what happens to a packet.
sysctl_part() {
  sysctl -a 2>/dev/null | grep -E \
    -e '^net\.ipv4\.(ip_forward|ip_nonlocal_bind|ip_local_port_range|icmp_echo_ignore_(all|broadcasts)|ip_default_ttl) ' \
    -e '^net\.ipv4\.conf\.[^ ]+\.(accept_local|forwarding|log_martians|route_localnet|rp_filter|src_valid_mark|accept_source_route) ' \
    -e '^net\.ipv6\.conf\.[^ ]+\.(forwarding|disable_ipv6|accept_source_route) ' \
    -e '^net\.bridge\.bridge-nf-call-' \
    -e '^net\.netfilter\.nf_conntrack_(acct|checksum|log_invalid|tcp_be_liberal|tcp_loose|tcp_max_retrans) ' | sort
}

# Replaces a file unless only dates, counters and hash seeds differ.
store() {
  local path=$1 fresh normal='s/^# (Generated|Completed) .*//; s/\[[0-9]+:[0-9]+\]//g; s/ initval 0x[0-9a-f]+//; s/sha-([lr]h)-[0-9a-f]+/\1/g'
  fresh=$(mktemp)
  cat >"$fresh"
  if [ -f "$path" ] && cmp -s <(sed -E "$normal" "$path") <(sed -E "$normal" "$fresh"); then rm "$fresh"; return; fi
  cat "$fresh" >"$path"
  rm "$fresh"
  echo "wrote $(basename "$(dirname "$path")")/$(basename "$path")"
}

# One JSON array, one element per line, whatever number of arrays comes in.
lines_of_json() { jq -rs 'add | "[\n" + (map("  " + tojson) | join(",\n")) + "\n]"'; }

write_host() {
  mkdir -p "$1"
  iptables-legacy-save -c | store "$1/rules.v4"
  ip6tables-legacy-save -c | store "$1/rules.v6"
  ip -j addr | lines_of_json | store "$1/addr.json"
  ip -j link | lines_of_json | store "$1/link.json"
  { ip -j -4 route show table all; ip -j -6 route show table all; } | lines_of_json | store "$1/route.json"
  { ip -j -4 rule; ip -j -6 rule; } | lines_of_json | store "$1/rule.json"
  sysctl_part | store "$1/sysctl.conf"
  if [ -n "$(ipset list -n)" ]; then ipset save | store "$1/ipset.save"; fi
  readme | store "$1/README.md"
}
