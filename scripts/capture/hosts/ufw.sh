# A small server behind ufw. The appended deny shows that order decides: 80 was already allowed.
needs=ufw
setup() {
  ufw_rules
}
ufw_rules() {
  ufw default deny incoming
  ufw default allow outgoing
  ufw logging low
  ufw allow 80,443/tcp
  ufw limit 22/tcp comment 'SSH, at most 6 connections in 30 seconds'
  ufw allow from 192.0.2.0/24 to any port 5432 proto tcp
  ufw prepend deny from 198.51.100.0/24
  ufw deny from 203.0.113.128/25
  ufw --force enable
}
readme() {
  cat <<EOF
# ufw

A web server behind ufw $(ufw version | sed -n 's/^ufw //p') (Debian 12) with \`iptables-legacy\`:
\`ufw default deny incoming\`, \`default allow outgoing\`, \`logging low\`, \`allow 80,443/tcp\`, \`limit 22/tcp\`,
\`allow from 192.0.2.0/24 to any port 5432 proto tcp\`, \`prepend deny from 198.51.100.0/24\`,
\`deny from 203.0.113.128/25\` (appended, so too late for ports 80 and 443), \`enable\`. ufw put its own sysctl file over the
kernel's defaults.
EOF
}
