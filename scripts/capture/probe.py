#!/usr/bin/env python3
"""Sends one packet into the host that host.sh has built and prints the way the kernel took.

Run inside it: host.sh NAME - probe.py INTERFACE 'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]'
Prints one TRACE line per rule that decided something and a last line that begins with "Kernel:". With --json it reads
questions from stdin, one a line, and prints one JSON object each. Connections are forgotten between questions.
The sender is the namespace at the other end of INTERFACE, found by its link-netnsid; for a bridge, that of its first port.
"""
import functools, json, os, re, socket, struct, subprocess, sys, time

GROUP_TRACE, GROUP_LOCAL, GROUP_SENT = 0, 100, 101


def run(*argv, given=None):
    return subprocess.run(argv, input=given, check=True, stdout=subprocess.PIPE, text=True).stdout


# ---- the packet -------------------------------------------------------------------------------------------------
def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


FLAGS = {'F': 1, 'S': 2, 'R': 4, 'P': 8, '.': 16, 'U': 32}


def parse(text):
    """A packet as tcpdump writes it -> (family, bytes)."""
    number = {'tcp': 6, 'udp': 17, 'icmp': 1, 'icmp6': 58}
    protocol, source, destination, rest = re.match(r'(\S+) (\S+) > (\S+)\s*(.*)', text).groups()
    six = source.count(':') > 1
    family = socket.AF_INET6 if six else socket.AF_INET

    def split(word):
        if protocol in ('icmp', 'icmp6'):
            return word, 0
        address, port = (re.match(r'\[(.*)\]:(\d+)$', word) or re.match(r'(.*):(\d+)$', word)).groups()
        return address, int(port)

    (source, sport), (destination, dport) = split(source), split(destination)
    a, b = socket.inet_pton(family, source), socket.inet_pton(family, destination)
    proto = number[protocol]
    if protocol == 'tcp':
        bits = sum(FLAGS[c] for c in re.search(r'\[(.*?)\]', rest).group(1))
        l4, at = struct.pack('>HHIIBBHHH', sport, dport, 1000, 0, 0x50, bits, 64240, 0, 0), 16
    elif protocol == 'udp':
        l4, at = struct.pack('>HHHH', sport, dport, 16, 0) + b'hookline', 6
    else:
        kind = {'icmp': 8, 'icmp6': 128}[protocol]
        l4, at = struct.pack('>BBHHH', kind, 0, 0, 1, 1) + b'hookline', 2
    pseudo = a + b + struct.pack('>IBBBB', len(l4), 0, 0, 0, proto) if six else a + b + struct.pack('>BBH', 0, proto, len(l4))
    l4 = l4[:at] + struct.pack('>H', checksum((b'' if protocol == 'icmp' else pseudo) + l4)) + l4[at + 2:]
    if six:
        return family, struct.pack('>IHBB', 6 << 28, len(l4), proto, 64) + a + b + l4
    head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(l4), 7, 0x4000, 64, proto, 0, a, b)
    return family, head[:10] + struct.pack('>H', checksum(head)) + head[12:] + l4


def describe(data):
    """The tuple of a packet's bytes."""
    six = data[0] >> 4 == 6
    start = 40 if six else (data[0] & 15) * 4
    proto = data[6] if six else data[9]
    ends = [data[8:24], data[24:40]] if six else [data[12:16], data[16:20]]
    names = [socket.inet_ntop(socket.AF_INET6 if six else socket.AF_INET, e) for e in ends]
    if proto in (6, 17):
        ports = struct.unpack_from('>HH', data, start)
        names = [('[%s]:%d' if six else '%s:%d') % (n, p) for n, p in zip(names, ports)]
    return '%s > %s' % tuple(names)


def ours(data):
    """Whether these bytes are the packet that was asked about: its TCP sequence number, or its payload."""
    six = data[0] >> 4 == 6
    start = 40 if six else (data[0] & 15) * 4
    if (data[6] if six else data[9]) == 6:
        return data[start + 4:start + 12] == struct.pack('>II', 1000, 0)
    return data[start:].endswith(b'hookline') and len(data) - start == 16


def answers(data, question):
    """Whether these bytes answer the question: to its source, and for its port or quoting it."""
    six = question[0] >> 4 == 6
    if data[0] >> 4 != question[0] >> 4 or (data[24:40] if six else data[16:20]) != (question[8:24] if six else question[12:16]):
        return False
    start, asked = (40, 40) if six else ((data[0] & 15) * 4, 20)
    if (data[6] if six else data[9]) not in (1, 58):
        return data[start + 2:start + 4] == question[asked:asked + 2]
    quoted = data[start + 8:]
    if len(quoted) < 28:
        return False
    return quoted[40 if six else (quoted[0] & 15) * 4:][:2] == question[asked:asked + 2]


# ---- netlink ----------------------------------------------------------------------------------------------------
def attribute(kind, body):
    return struct.pack('=HH', 4 + len(body), kind) + body + b'\0' * (-len(body) % 4)


def attributes(body):
    found, at = {}, 0
    while at + 4 <= len(body):
        length, kind = struct.unpack_from('=HH', body, at)
        if length < 4:
            break
        found[kind & 0x3FFF] = body[at + 4:at + length]
        at += (length + 3) & ~3
    return found


def bind(sock, group):
    """Subscribes to one NFLOG group: whole packets, each message at once."""
    for body in (attribute(1, b'\1'), attribute(2, struct.pack('>IBB', 65535, 2, 0)), attribute(5, struct.pack('>I', 1))):
        payload = struct.pack('>BBH', 0, 0, group) + body
        sock.send(struct.pack('=IHHII', 16 + len(payload), (4 << 8) | 1, 5, 1, 0) + payload)
        answer = sock.recv(4096)
        code = struct.unpack_from('=i', answer, 16)[0]
        if code:
            raise OSError(-code, 'NFLOG group %d' % group)


def messages(sock):
    while True:
        try:
            data = sock.recv(1 << 18)
        except (BlockingIOError, socket.timeout):
            return
        at = 0
        while at + 16 <= len(data):
            length, kind = struct.unpack_from('=IH', data, at)
            if kind == 4 << 8:
                yield struct.unpack_from('>H', data, at + 18)[0], attributes(data[at + 20:at + length])
            at += (length + 3) & ~3


# ---- the question -----------------------------------------------------------------------------------------------
@functools.lru_cache(None)
def sender(interface):
    """(process whose namespace is at the other end, its device): found among our own children."""
    links = {link['ifname']: link for link in json.loads(run('ip', '-j', 'link'))}
    port = interface
    if 'link_netnsid' not in links[port]:
        port = next(name for name, link in links.items() if link.get('master') == interface)
    for process in filter(str.isdigit, os.listdir('/proc')):
        try:
            if os.readlink('/proc/%s/ns/net' % process) == os.readlink('/proc/self/ns/net'):
                continue
        except OSError:
            continue
        for link in json.loads(run('nsenter', '-t', process, '-n', 'ip', '-j', 'link')):
            if link.get('link_index') == links[port]['ifindex'] and link['ifindex'] == links[port]['link_index']:
                return process, link['ifname'], links[interface]['address'], link['address']
    raise SystemExit('nobody at the other end of %s' % interface)


SEND = '''import socket,sys
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW); s.bind((sys.argv[1],0)); s.send(bytes.fromhex(sys.argv[2]))'''


def rule_text(family, table, chain, number):
    tool = 'ip6tables-legacy' if family == socket.AF_INET6 else 'iptables-legacy'
    listed = run(tool, '-t', table, '-S', chain).splitlines()
    rules = [line for line in listed if line.startswith('-A')]
    return rules[number - 1] if number <= len(rules) else listed[0]


def listen():
    """Traces every packet from its first hook on, and tells who is delivered or sent; once for all questions."""
    for number in (2, 10):
        with open('/proc/sys/net/netfilter/nf_log/%d' % number, 'w') as file:
            file.write('nfnetlink_log')
    for name, value in (('ipv4/icmp_ratelimit', 0), ('ipv4/icmp_ratemask', 0), ('ipv6/icmp/ratelimit', 0)):
        with open('/proc/sys/net/' + name, 'w') as file:
            file.write(str(value))
    for name in ('ip', 'ip6'):
        run('nft', '-f', '-', given='''table %s probe {
  chain pre { type filter hook prerouting priority -2147483648; meta nftrace set 1; }
  chain local { type filter hook input priority 2147483647; iifname != "lo" log group %d queue-threshold 1; iifname != "lo" drop; }
  chain sent { type filter hook postrouting priority 2147483647; log group %d queue-threshold 1; }
}''' % (name, GROUP_LOCAL, GROUP_SENT))
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    for group in (GROUP_TRACE, GROUP_LOCAL, GROUP_SENT):
        bind(sock, group)
    return sock


def ask(sock, interface, text):
    """Sends the packet and returns what became of it."""
    family, packet = parse(text)
    for kind in ('ipv4', 'ipv6'):
        subprocess.run(['conntrack', '-F', '-f', kind], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sock.settimeout(0)
    list(messages(sock))
    process, device, to, own = sender(interface)
    frame = bytes.fromhex(to.replace(':', '') + own.replace(':', '')) + (b'\x86\xdd' if family == socket.AF_INET6 else b'\x08\0') + packet
    run('nsenter', '-t', process, '-n', sys.executable, '-S', '-c', SEND, device, frame.hex())
    sock.settimeout(0.1)
    answer = {'in': interface, 'packet': text, 'trace': [], 'end': 'dropped'}
    for group, found in messages(sock):
        payload = found.get(9, b'')
        mark = struct.unpack('>I', found[2])[0] if 2 in found else 0
        if not ours(payload):
            if 4 not in found and answers(payload, packet):
                answer.setdefault('reply', describe(payload))
        elif group == GROUP_TRACE:
            prefix = found[10].rstrip(b'\0').decode().strip()
            if prefix.startswith('TRACE: '):
                table, chain, kind, number = prefix[7:].split(':')
                answer['trace'].append('%s/%s:%s %s%s' % (table, chain, number, kind, ' mark=%#x' % mark if mark else ''))
        elif group == GROUP_LOCAL:
            answer.update({'end': 'delivered', 'as': describe(payload), **({'mark': mark} if mark else {})})
        else:
            answer.update({'end': 'forwarded', 'out': socket.if_indextoname(struct.unpack('>I', found[5])[0]), 'as': describe(payload)})
    return answer


def show(answer):
    """The answer for people."""
    six = answer['packet'].count(':') > 3 or answer['packet'].startswith('icmp6')
    for line in answer['trace']:
        place, kind = line.split(' ')[:2]
        table, chain, number = re.match(r'(\w+)/(.*):(\d+)$', place).groups()
        text = 'end of chain' if kind == 'return' else rule_text(socket.AF_INET6 if six else socket.AF_INET, table, chain, int(number))
        print('TRACE %s | %s' % (line, text))
    end = answer['end']
    if end == 'dropped':
        last = answer['trace'][-1] if answer['trace'] else None
        end += ' at or behind %s (%s)' % tuple(last.split(' ')[:2]) if last else ' before any rule'
        end += ', answered with %s' % answer['reply'] if 'reply' in answer else ''
    else:
        end += ' out %s' % answer['out'] if 'out' in answer else ' locally'
        end += ' as %s%s' % (answer['as'], ' mark=%#x' % answer['mark'] if 'mark' in answer else '')
    print('Kernel: %s' % end)


if __name__ == '__main__':
    questions = sys.argv[1:]
    as_json = questions[:1] == ['--json']
    if as_json:
        questions = [line.strip() for line in sys.stdin if line.strip()]
    time.sleep(0.5)  # the first moments of an interface are noisy
    opened = listen()
    for question in questions:
        interface, _, text = question.partition(' ')
        result = ask(opened, interface, text)
        if as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            print('# in %s: %s' % (interface, text))
            show(result)
