# firewalld with the iptables backend, driven by firewall-cmd over a private system bus.
needs='firewalld firewall-cmd dbus-daemon'
package='firewalld dbus'
setup() {
  ip link add eth1 address 02:00:0a:00:00:01 type veth peer name lan netns "$gateway"
  ip addr add 10.0.0.1/24 dev eth1
  ip link set eth1 up
  nsenter -t "$gateway" -n ip link set lan up
  mkdir -p /run/dbus
  dbus-daemon --system --fork --nopidfile
  sed -i 's/^FirewallBackend=.*/FirewallBackend=iptables/; s/^IPv6_rpfilter=.*/IPv6_rpfilter=yes/; s/^IndividualCalls=.*/IndividualCalls=no/' \
    /etc/firewalld/firewalld.conf
  rm -f /etc/firewalld/zones/*
  firewalld --nofork --nopid >"$scratch/firewalld.log" 2>&1 &
  local i
  for ((i = 0; i < 150; i++)); do firewall-cmd --state >/dev/null 2>&1 && break; sleep 0.2; done
  firewall-cmd --state >/dev/null || fail "firewalld did not start: $(tail -n 1 "$scratch/firewalld.log")"
  local call="firewall-cmd -q"
  $call --zone=public --change-interface=eth0
  $call --zone=internal --change-interface=eth1
  $call --zone=public --add-service=http --add-service=https
  $call --zone=public --add-port=60000-61000/udp
  $call --zone=public --add-masquerade
  $call --zone=public --add-forward-port=port=8443:proto=tcp:toport=443:toaddr=10.0.0.80
  $call --zone=public --add-rich-rule='rule family="ipv4" source address="203.0.113.128/25" service name="ssh" reject'
  $call --zone=public --add-rich-rule='rule family="ipv4" source address="203.0.113.5" port port="9100" protocol="tcp" accept'
  $call --zone=public --add-icmp-block=redirect
  $call --permanent --new-ipset=blocklist --type=hash:net
  $call --permanent --ipset=blocklist --add-entry=198.51.100.0/25
  $call --permanent --zone=drop --add-source=ipset:blocklist
  $call --runtime-to-permanent
  $call --permanent --zone=drop --add-source=ipset:blocklist || :
  $call --reload
  iptables-legacy-save | grep IN_public >/dev/null || fail "firewalld wrote no rules: $(tail -n 1 "$scratch/firewalld.log")"
}
readme() {
  cat <<EOF
# firewalld

firewalld $(firewall-cmd --version) (Debian 12) with \`FirewallBackend=iptables\`, zone public on eth0, zone internal on eth1 (10.0.0.0/24).
In public: services ssh, dhcpv6-client, http, https; port 60000-61000/udp; masquerade; forward-port 8443 to
10.0.0.80:443; rich rules that reject ssh from 203.0.113.128/25 and accept 9100/tcp from 203.0.113.5; icmp-block redirect.
Zone drop has the source \`ipset:blocklist\` (hash:net with 198.51.100.0/25).
EOF
}
