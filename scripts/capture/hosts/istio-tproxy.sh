# The same pod with inbound interception by TPROXY, which keeps the client's address.
. "$capture/hosts/istio.sh"
setup() {
  local mark=1337 table=133
  istio_outbound
  iptables -t mangle -N ISTIO_DIVERT
  iptables -t mangle -A ISTIO_DIVERT -j MARK --set-mark $mark
  iptables -t mangle -A ISTIO_DIVERT -j ACCEPT
  iptables -t mangle -N ISTIO_TPROXY
  iptables -t mangle -A ISTIO_TPROXY '!' -d 127.0.0.1/32 -p tcp -j TPROXY --tproxy-mark $mark/0xffffffff --on-port 15006
  istio_common mangle
  iptables -t mangle -A ISTIO_INBOUND -p tcp -s 127.0.0.6/32 -i lo -j RETURN
  iptables -t mangle -A ISTIO_INBOUND -p tcp -i lo -m mark '!' --mark $mark -j RETURN
  iptables -t mangle -A ISTIO_INBOUND -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ISTIO_DIVERT
  iptables -t mangle -A ISTIO_INBOUND -p tcp -j ISTIO_TPROXY
  iptables -t mangle -A PREROUTING -p tcp -m mark --mark $mark -j CONNMARK --save-mark
  iptables -t mangle -I OUTPUT -p tcp -m connmark --mark $mark -j CONNMARK --restore-mark
  ip -4 rule add fwmark $mark lookup $table
  ip -4 route add local default dev lo table $table
}
readme() {
  cat <<EOF
# istio-tproxy

The pod of \`../istio\` in TPROXY mode: inbound packets are handed to port 15006 with mark 1337 by the mangle table, \`ip rule\`
sends that mark to table 133, whose only route makes every address local; outbound still uses REDIRECT. No sidecar runs,
and TPROXY drops what no socket takes. Written by
\`scripts/capture/hosts/istio-tproxy.sh\` with the commands of \`istio-iptables -m TPROXY -t 133\`
and saved by iptables-legacy 1.8.9.
EOF
}
