# Every everyday command of ufw, one after the other.
needs=ufw
setup() {
  ufw default deny incoming
  ufw default allow outgoing
  ufw --force enable
  ufw allow 80,443/tcp
  ufw allow OpenSSH || ufw allow 22/tcp
  ufw limit 2222/tcp comment 'six tries in thirty seconds'
  ufw allow from 192.0.2.0/24 to any port 5432 proto tcp
  ufw allow in on eth0 to any port 53
  ufw deny out 25/tcp
  ufw reject 113/tcp
  ufw prepend deny from 198.51.100.0/24
  ufw prepend deny from 2001:db8:bad::/48
  ufw route allow in on eth0 out on eth1 to 10.0.0.0/24 port 8080 proto tcp
  ufw allow 8000:8010/udp
  ufw status numbered
  ufw delete allow 443/tcp || :
  ufw --force delete 1
  ufw logging medium
  ufw reload
  ufw status verbose
}
