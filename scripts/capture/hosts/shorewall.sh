# A two-interface gateway compiled and started by Shorewall, with its usual files.
needs=shorewall
setup() {
  ip link add eth1 address 02:00:0a:00:00:01 type veth peer name lan netns "$gateway"
  ip addr add 10.0.0.1/24 dev eth1
  ip link set eth1 up
  nsenter -t "$gateway" -n ip link set lan up
  local dir=/etc/shorewall
  printf 'fw firewall\nnet ipv4\nloc ipv4\n' >$dir/zones
  printf '?FORMAT 2\nnet eth0 tcpflags,nosmurfs,routefilter,logmartians\nloc eth1 tcpflags,nosmurfs\n' >$dir/interfaces
  printf 'loc net ACCEPT\nfw all ACCEPT\nnet all DROP info\nall all REJECT info\n' >$dir/policy
  printf 'MASQUERADE 10.0.0.0/24 eth0\n' >$dir/snat
  cat >$dir/rules <<'EOF'
?SECTION ALL
?SECTION ESTABLISHED
?SECTION RELATED
?SECTION INVALID
?SECTION UNTRACKED
?SECTION NEW
Invalid(DROP) net all tcp
DNS(ACCEPT) loc fw
Ping(ACCEPT) all fw
SSH(ACCEPT) loc fw
SSH(ACCEPT) net:203.0.113.5 fw
DNAT net loc:10.0.0.80:80 tcp 8080
DROP net:198.51.100.0/24 all
EOF
  sed -i 's/^STARTUP_ENABLED=.*/STARTUP_ENABLED=Yes/; s/^IP_FORWARDING=.*/IP_FORWARDING=On/; s/^LOAD_HELPERS_ONLY=.*/LOAD_HELPERS_ONLY=No/; s/^AUTOHELPERS=.*/AUTOHELPERS=No/' $dir/shorewall.conf
  mkdir -p /run/shorewall /var/lib/shorewall
  shorewall start
}
readme() {
  cat <<EOF
# shorewall

A gateway between eth0 and a LAN on eth1 (10.0.0.0/24) built by Shorewall $(shorewall version) (Debian 12) with \`iptables-legacy\`:
zones fw, net, loc; policies loc→net ACCEPT, fw→all ACCEPT, net→all DROP, all→all REJECT; masquerading; rules:
\`Invalid(DROP)\`, DNS and SSH from the LAN, ping, SSH from 203.0.113.5, DNAT of 8080 to 10.0.0.80:80 and
\`DROP net:198.51.100.0/24 all\`. Interfaces with \`tcpflags,nosmurfs,routefilter,logmartians\`.
EOF
}
