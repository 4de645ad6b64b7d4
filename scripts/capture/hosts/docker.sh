# What dockerd 24 writes for one published port on docker0 and one user-defined network. No dockerd runs: the commands are
# the ones it issues, in its order.
custom=br-5f1c3a9e7b24
docker_network() {
  sysctl -qw net.ipv4.ip_forward=1
  bridge docker0 172.17.0.1/16 02:42:ac:11:00:01
  bridge "$custom" 172.18.0.1/16 02:42:ac:12:00:01
  container docker0 veth0web 172.17.0.2/16 172.17.0.1 02:42:ac:11:00:02 >"$scratch/web"
  container "$custom" veth1app 172.18.0.2/16 172.18.0.1 02:42:ac:12:00:02 >"$scratch/app"
}
docker_start() {
  iptables --wait -t nat -N DOCKER
  iptables --wait -t filter -N DOCKER
  iptables --wait -t filter -N DOCKER-ISOLATION-STAGE-1
  iptables --wait -t filter -N DOCKER-ISOLATION-STAGE-2
  iptables --wait -t filter -A DOCKER-ISOLATION-STAGE-1 -j RETURN
  iptables --wait -t filter -A DOCKER-ISOLATION-STAGE-2 -j RETURN
  iptables --wait -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
  iptables --wait -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER '!' --dst 127.0.0.0/8
  docker_bridge docker0 172.17.0.0/16
  docker_bridge "$custom" 172.18.0.0/16
  iptables --wait -P FORWARD DROP
  docker_top
}
# Chains that must come first are moved back to the top after each network.
docker_top() {
  iptables --wait -D FORWARD -j DOCKER-ISOLATION-STAGE-1 2>/dev/null || :
  iptables --wait -I FORWARD -j DOCKER-ISOLATION-STAGE-1
  iptables --wait -t filter -N DOCKER-USER 2>/dev/null && iptables --wait -t filter -A DOCKER-USER -j RETURN
  iptables --wait -D FORWARD -j DOCKER-USER 2>/dev/null || :
  iptables --wait -I FORWARD -j DOCKER-USER
}
docker_bridge() {
  iptables --wait -t nat -I POSTROUTING -s "$2" '!' -o "$1" -j MASQUERADE
  iptables --wait -t nat -I DOCKER -i "$1" -j RETURN
  iptables --wait -I FORWARD -i "$1" -o "$1" -j ACCEPT
  iptables --wait -I FORWARD -i "$1" '!' -o "$1" -j ACCEPT
  iptables --wait -I FORWARD -o "$1" -j DOCKER
  iptables --wait -I FORWARD -o "$1" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  iptables --wait -t filter -I DOCKER-ISOLATION-STAGE-1 -i "$1" '!' -o "$1" -j DOCKER-ISOLATION-STAGE-2
  iptables --wait -t filter -I DOCKER-ISOLATION-STAGE-2 -o "$1" -j DROP
}
# docker_publish BRIDGE HOST_PORT CONTAINER_ADDRESS CONTAINER_PORT
docker_publish() {
  iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport "$2" -j DNAT --to-destination "$3:$4" '!' -i "$1"
  iptables --wait -t filter -A DOCKER '!' -i "$1" -o "$1" -p tcp -d "$3" --dport "$4" -j ACCEPT
  iptables --wait -t nat -A POSTROUTING -p tcp -s "$3" -d "$3" --dport "$4" -j MASQUERADE
}
setup() {
  docker_network
  docker_start
  docker_publish docker0 8080 172.17.0.2 80
}
readme() {
  cat <<EOF
# docker

A host with the rules of Docker Engine 24 (classic bridge driver, userland proxy on, IPv6 off): network \`bridge\` on
docker0 (172.17.0.0/16) with a container 172.17.0.2 started by \`docker run -p 8080:80\`, and a user-defined network on
$custom (172.18.0.0/16) with a container 172.18.0.2 that publishes nothing. Written by
\`scripts/capture/hosts/docker.sh\`, which issues dockerd's own iptables commands, and saved by iptables-legacy 1.8.9.
\`rules.v6\` is empty: dockerd leaves IPv6 alone.
EOF
}
