# iptables-persistent: rules loaded at boot, changed, saved, flushed and loaded again. Its package excludes ufw's, so
# only its files are needed: HOOKLINE_PERSISTENT names a directory into which both packages were unpacked.
needs=run-parts
setup() {
  local plugins=${HOOKLINE_PERSISTENT:-}/usr/share/netfilter-persistent/plugins.d
  [ -d "$plugins" ] || fail "no iptables-persistent here (HOOKLINE_PERSISTENT names its unpacked packages)"
  mkdir -p /etc/iptables
  cat >/etc/iptables/rules.v4 <<'EOF'
*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
*filter
:INPUT DROP [0:0]
:web - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443 -j web
-A web -m limit --limit 25/min --limit-burst 100 -j ACCEPT
COMMIT
EOF
  cat >/etc/iptables/rules.v6 <<'EOF'
*filter
:INPUT DROP [0:0]
-A INPUT -p ipv6-icmp -j ACCEPT
COMMIT
EOF
  run-parts -a start "$plugins"
  iptables -A INPUT -p udp --dport 123 -j ACCEPT
  ip6tables -I INPUT -s fe80::/10 -j ACCEPT
  run-parts -a save "$plugins"
  run-parts -a flush "$plugins"
  run-parts -a start "$plugins"
  sed '/^#/d' /etc/iptables/rules.v4 /etc/iptables/rules.v6
}
