# The real fail2ban server watching a log of its own, with two addresses banned per jail.
needs=fail2ban-server
setup() {
  local log=/var/log/fixture-auth.log line
  : >"$log"
  rm -rf /etc/fail2ban/jail.d/*
  cat >/etc/fail2ban/jail.local <<EOF
[DEFAULT]
backend = polling
bantime = -1
findtime = 600
maxretry = 3
usedns = no
ignoreip = 127.0.0.1/8 192.0.2.1
[sshd]
enabled = true
port = ssh,2222
logpath = $log
banaction = iptables-multiport
[recidive]
enabled = true
logpath = /var/log/fail2ban.log
banaction = iptables-ipset-proto6-allports
EOF
  : >/var/log/fail2ban.log
  mkdir -p /run/fail2ban
  fail2ban-server -b --logtarget /var/log/fail2ban.log >/dev/null
  for ((i = 0; i < 50; i++)); do fail2ban-client ping >/dev/null 2>&1 && break; sleep 0.1; done
  for address in 203.0.113.66 198.51.100.23; do
    for port in 4001 4002 4003 4004; do
      line="$(date '+%b %e %T') host sshd[99]: Failed password for invalid user admin from $address port $port ssh2"
      echo "$line" >>"$log"
    done
  done
  for ((i = 0; i < 100; i++)); do
    [ "$(fail2ban-client get sshd banip | wc -w)" = 2 ] && break
    sleep 0.2
  done
  fail2ban-client set recidive banip 203.0.113.99 >/dev/null
  fail2ban-client set sshd banip 2001:db8:f::bad >/dev/null
  for ((i = 0; i < 50; i++)); do
    ip6tables-legacy-save | grep 2001:db8:f::bad >/dev/null && ipset list | grep 203.0.113.99 >/dev/null && break
    sleep 0.2
  done
  iptables-legacy-save | grep 198.51.100.23 >/dev/null || fail "fail2ban banned nobody"
}
readme() {
  cat <<EOF
# fail2ban

fail2ban $(fail2ban-server --version | head -n 1 | sed 's/^[^v]*v//') (Debian 12) running with two jails: \`sshd\` (action \`iptables-multiport\`, ports
ssh and 2222), which read four failed logins each of 203.0.113.66 and 198.51.100.23 in a log and banned them, and was told
to ban 2001:db8:f::bad with \`fail2ban-client set sshd banip\`; and \`recidive\` (action
\`iptables-ipset-proto6-allports\`), where 203.0.113.99 was banned the same way. Policies are ACCEPT: what is not banned
comes in.
EOF
}
