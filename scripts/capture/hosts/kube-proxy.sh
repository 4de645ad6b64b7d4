# A Kubernetes node with kube-proxy in iptables mode: kubelet's and kube-proxy's rules, and a pod on the node's bridge.
needs=node
kubelet() {
  local table
  for table in mangle nat filter; do iptables -t $table -N KUBE-KUBELET-CANARY; done
  iptables -N KUBE-FIREWALL
  iptables -A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" --dst 127.0.0.0/8 '!' --src 127.0.0.0/8 \
    -m conntrack '!' --ctstate RELATED,ESTABLISHED,DNAT -j DROP
  iptables -I OUTPUT -j KUBE-FIREWALL
  iptables -I INPUT -j KUBE-FIREWALL
}
# jump TABLE PARENT CHAIN COMMENT [MATCH...]: kube-proxy puts each of its jumps in front
jump() {
  local table=$1 parent=$2 chain=$3 comment=$4
  shift 4
  iptables -t "$table" -N "$chain" 2>/dev/null || :
  iptables -t "$table" -I "$parent" "$@" -m comment --comment "$comment" -j "$chain"
}
proxy() {
  local table new='-m conntrack --ctstate NEW'
  for table in mangle nat filter; do iptables -t $table -N KUBE-PROXY-CANARY; done
  jump filter INPUT KUBE-EXTERNAL-SERVICES "kubernetes externally-visible service portals" $new
  jump filter FORWARD KUBE-EXTERNAL-SERVICES "kubernetes externally-visible service portals" $new
  jump filter INPUT KUBE-NODEPORTS "kubernetes health check service ports"
  jump filter FORWARD KUBE-SERVICES "kubernetes service portals" $new
  jump filter OUTPUT KUBE-SERVICES "kubernetes service portals" $new
  jump filter FORWARD KUBE-FORWARD "kubernetes forwarding rules"
  jump filter INPUT KUBE-PROXY-FIREWALL "kubernetes load balancer firewall" $new
  jump filter OUTPUT KUBE-PROXY-FIREWALL "kubernetes load balancer firewall" $new
  jump filter FORWARD KUBE-PROXY-FIREWALL "kubernetes load balancer firewall" $new
  jump nat OUTPUT KUBE-SERVICES "kubernetes service portals"
  jump nat PREROUTING KUBE-SERVICES "kubernetes service portals"
  jump nat POSTROUTING KUBE-POSTROUTING "kubernetes postrouting rules"
  node "$capture/kube-proxy.mjs" | iptables-restore --noflush --counters
}
setup() {
  sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
  bridge cni0 10.244.1.1/24 02:00:0a:f4:01:01
  container cni0 veth0pod 10.244.1.5/24 10.244.1.1 02:00:0a:f4:01:05 >"$scratch/pod"
  ip route add 10.244.2.0/24 via 192.0.2.11 dev eth0
  ip route add 10.244.3.0/24 via 192.0.2.12 dev eth0
  kubelet
  proxy
}
readme() {
  cat <<EOF
# kube-proxy

A Kubernetes node (192.0.2.10, pods 10.244.1.0/24 on cni0, the other nodes' pods behind 192.0.2.11 and .12) with the rules
of kubelet and of kube-proxy 1.28 in iptables mode, cluster CIDR 10.244.0.0/16. Services: default/web 10.96.0.20:80 and
default/api 10.96.0.30:80 with node port 30080, default/cart 10.96.0.40:50051 with ClientIP affinity, each with three endpoints
(10.244.1.5, .2.5, .3.5); kube-system/kube-dns 10.96.0.10:53/udp with two; default/gone 10.96.0.50:80 with none. Written by
\`scripts/capture/kube-proxy.mjs\` in kube-proxy's own words and with its own chain names, given to
\`iptables-restore --noflush\` and saved by iptables-legacy 1.8.9.
EOF
}
