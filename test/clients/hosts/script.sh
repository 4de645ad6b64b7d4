# A firewall script as people write it: some 200 commands with variables, loops, user chains and replaced rules.
needs=iptables
setup() {
  local table chain port net i tool
  for tool in iptables ip6tables; do
    for table in filter nat mangle raw; do
      $tool -t $table -F
      $tool -t $table -X
    done
    $tool -P INPUT DROP
    $tool -P FORWARD DROP
    $tool -P OUTPUT ACCEPT
    $tool -N LOGDROP
    $tool -A LOGDROP -m limit --limit 5/min --limit-burst 10 -j LOG --log-prefix "dropped: " --log-level 7
    $tool -A LOGDROP -j DROP
    $tool -A INPUT -i lo -j ACCEPT
    $tool -A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
    $tool -A INPUT -m conntrack --ctstate INVALID -j LOGDROP
    for port in 20 21 22 25 53 80 110 143 443 465 587 993 995 3306 5432 8080; do
      $tool -A INPUT -p tcp --dport $port -m conntrack --ctstate NEW -j ACCEPT
    done
    for port in 53 67 123 500 4500 1194; do $tool -A INPUT -p udp --dport $port -j ACCEPT; done
    $tool -A INPUT -p tcp -m multiport --dports 6000:6010,7000,7100 -j REJECT --reject-with tcp-reset
    $tool -A INPUT -p tcp --syn -m recent --name ssh --set
    $tool -A INPUT -p tcp --syn -m recent --name ssh --update --seconds 60 --hitcount 4 -j LOGDROP
    $tool -A INPUT -p tcp ! --syn -m state --state NEW -j DROP
    $tool -A INPUT -p tcp --tcp-flags ALL NONE -j DROP
    $tool -A INPUT -p tcp --tcp-flags SYN,RST SYN,RST -j DROP
    $tool -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
    $tool -t mangle -A PREROUTING -i eth0 -j MARK --set-mark 0x10/0xf0
    $tool -t mangle -A PREROUTING -m mark --mark 0x10/0xf0 -j CONNMARK --save-mark
    $tool -t raw -A PREROUTING -p udp --dport 53 -j NOTRACK
  done
  for net in 0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 240.0.0.0/5; do
    iptables -A INPUT -i eth0 -s $net -j LOGDROP
    iptables -A FORWARD -i eth0 -s $net -j LOGDROP
    iptables -A FORWARD -o eth0 -d $net -j REJECT --reject-with icmp-net-prohibited
  done
  for i in 1 2 3 4 5 6 7 8 9 10; do
    iptables -N host$i
    iptables -A FORWARD -d 10.0.$i.0/24 -j host$i
    iptables -A host$i -p tcp --dport $((8000 + i)) -j ACCEPT
    iptables -A host$i -p tcp -m connlimit --connlimit-above $((i * 3)) --connlimit-mask 24 -j REJECT
    iptables -A host$i -j RETURN
    iptables -t nat -A PREROUTING -p tcp --dport $((9000 + i)) -j DNAT --to-destination 10.0.$i.2:80
    iptables -t nat -A POSTROUTING -s 10.0.$i.0/24 -o eth0 -j SNAT --to-source 192.0.2.10
  done
  for i in echo-reply destination-unreachable time-exceeded echo-request; do
    iptables -A INPUT -p icmp --icmp-type $i -m hashlimit --hashlimit-upto 10/sec --hashlimit-burst 20 \
      --hashlimit-mode srcip --hashlimit-name "icmp$i" -j ACCEPT
  done
  for i in 1 2 3 4 128 129 133 134 135 136; do ip6tables -A INPUT -p icmpv6 --icmpv6-type $i -j ACCEPT; done
  iptables -I INPUT 3 -s 192.0.2.1,203.0.113.5 -p tcp --dport ssh -m comment --comment "the admins' hosts" -j ACCEPT
  iptables -R FORWARD 2 -i eth0 -s 10.1.0.0/16 -j DROP
  iptables -D INPUT -p tcp --dport 25 -m conntrack --ctstate NEW -j ACCEPT
  iptables -D INPUT 4
  iptables -C INPUT -i lo -j ACCEPT
  iptables -E host10 hostX
  iptables -F host9
  iptables -D FORWARD -d 10.0.9.0/24 -j host9
  iptables -X host9
  iptables -Z
  iptables -t nat -A POSTROUTING -o eth0 -m policy --dir out --pol none -j MASQUERADE --random
  iptables -nvL --line-numbers
  ip6tables -S
  iptables -t nat -L -n
}
