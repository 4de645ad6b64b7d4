# A gateway described in ferm's language: variables, functions, arrays, both families, NAT.
needs=ferm
setup() {
  ip link add eth1 address 02:00:0a:00:00:01 type veth peer name lan netns "$gateway"
  ip addr add 10.0.0.1/24 dev eth1
  ip addr add 2001:db8:1::1/64 dev eth1 nodad
  ip link set eth1 up
  nsenter -t "$gateway" -n ip link set lan up
  sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  cat >/etc/ferm/ferm.conf <<'EOF'
@def $WAN = eth0;
@def $LAN = eth1;
@def $ADMIN4 = (203.0.113.5 192.0.2.0/24);
@def $ADMIN6 = (2001:db8:f::5 2001:db8::/64);
@def $WEB = 10.0.0.80;
@def &FORWARD_TCP($port, $to, $toport) = {
  table nat chain PREROUTING interface $WAN proto tcp dport $port DNAT to "$to:$toport";
  table filter chain FORWARD interface $WAN outerface $LAN daddr $to proto tcp dport $toport ACCEPT;
}
domain (ip ip6) {
  table filter {
    chain INPUT {
      policy DROP;
      mod state state INVALID DROP;
      mod state state (ESTABLISHED RELATED) ACCEPT;
      interface lo ACCEPT;
      interface $LAN proto (tcp udp) dport domain ACCEPT;
      proto tcp dport ssh @subchain "ssh" {
        saddr @ipfilter(($ADMIN4 $ADMIN6)) ACCEPT;
        mod limit limit 3/minute limit-burst 5 LOG log-prefix "ssh refused: ";
        proto tcp REJECT reject-with tcp-reset;
      }
      proto tcp dport (http https) ACCEPT;
    }
    chain OUTPUT policy ACCEPT;
    chain FORWARD {
      policy DROP;
      mod state state INVALID DROP;
      mod state state (ESTABLISHED RELATED) ACCEPT;
      interface $LAN outerface $WAN ACCEPT;
    }
  }
  table mangle chain FORWARD proto tcp tcp-flags (SYN RST) SYN TCPMSS clamp-mss-to-pmtu;
}
domain ip {
  table filter chain INPUT proto icmp icmp-type (echo-request fragmentation-needed) ACCEPT;
  table nat chain POSTROUTING saddr 10.0.0.0/24 outerface $WAN SNAT to 192.0.2.10;
  &FORWARD_TCP((8080 8443), $WEB, 80);
}
domain ip6 table filter chain (INPUT FORWARD) proto ipv6-icmp ACCEPT;
EOF
  ferm /etc/ferm/ferm.conf
  cp /etc/ferm/ferm.conf "$scratch/ferm.conf"
}
readme() {
  cat <<EOF
# ferm

A gateway between eth0 and a LAN on eth1 (10.0.0.0/24, 2001:db8:1::/64), written by ferm
$(ferm --version | sed -n 's/^ferm //p' | head -n 1) (Debian 12) with \`iptables-legacy\` from this configuration:

\`\`\`
$(cat "$scratch/ferm.conf")
\`\`\`
EOF
}
