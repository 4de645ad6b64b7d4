# The network namespace of a pod after Istio's init container, REDIRECT mode.
istio_common() {
  local table=$1 port
  iptables -t "$table" -N ISTIO_INBOUND
  iptables -t "$table" -A PREROUTING -p tcp -j ISTIO_INBOUND
  for port in 15008 15090 15021 15020; do iptables -t "$table" -A ISTIO_INBOUND -p tcp --dport $port -j RETURN; done
}
istio_outbound() {
  local id
  iptables -t nat -N ISTIO_REDIRECT
  iptables -t nat -N ISTIO_IN_REDIRECT
  iptables -t nat -N ISTIO_OUTPUT
  iptables -t nat -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
  iptables -t nat -A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
  iptables -t nat -A OUTPUT -p tcp -j ISTIO_OUTPUT
  iptables -t nat -A ISTIO_OUTPUT -o lo -s 127.0.0.6/32 -j RETURN
  for id in uid gid; do
    iptables -t nat -A ISTIO_OUTPUT -o lo '!' -d 127.0.0.1/32 -p tcp -m multiport '!' --dports 53,15008 -m owner --$id-owner 1337 -j ISTIO_IN_REDIRECT
    iptables -t nat -A ISTIO_OUTPUT -o lo -p tcp '!' --dport 53 -m owner '!' --$id-owner 1337 -j RETURN
    iptables -t nat -A ISTIO_OUTPUT -m owner --$id-owner 1337 -j RETURN
  done
  iptables -t nat -A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN
  iptables -t nat -A ISTIO_OUTPUT -j ISTIO_REDIRECT
}
setup() {
  istio_common nat
  istio_outbound
  iptables -t nat -A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
}
readme() {
  cat <<EOF
# istio

The network namespace of a pod (192.0.2.10) with an Istio 1.20 sidecar in REDIRECT mode: proxy uid and gid 1337, outbound
port 15001, inbound port 15006, excluded inbound ports 15008, 15020, 15021, 15090. Written by
\`scripts/capture/hosts/istio.sh\`, which issues the commands of \`istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT -i '*' -b '*' -d 15090,15021,15020\`
and saved by iptables-legacy 1.8.9.
EOF
}
