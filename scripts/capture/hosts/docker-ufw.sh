# Docker on a host that ufw was meant to close.
needs=ufw
. "$capture/hosts/docker.sh"
setup() {
  docker_network
  ufw default deny incoming
  ufw default allow outgoing
  ufw logging low
  ufw allow 22/tcp
  ufw --force enable
  docker_start
  docker_publish docker0 8080 172.17.0.2 80
}
readme() {
  cat <<EOF
# docker-ufw

ufw $(ufw version | sed -n 's/^ufw //p') (Debian 12) enabled first with \`default deny incoming\` and \`allow 22/tcp\`, then Docker Engine 24's rules
as in \`../docker\` (\`docker run -p 8080:80\`, container 172.17.0.2). Nothing in ufw mentions port 8080.
EOF
}
