#!/usr/bin/env python3
"""Plays the cases of cases.py to the kernel it runs on, and prints one JSON line per case with what the kernel did.

    record.py CASES.json OUTPUT

Each case has a network namespace of its own with two TUN devices, 10.0.0.1/24 at t0 and 10.0.1.1/24 at t1 (default
route), and its rules in the table filter. All cases run side by side: their steps are merged into one list by time, so
that the whole takes as long as the longest case. Times are kernel ticks (jiffies) since the rules of the case were put
in place; that tick is a multiple of 512, which timers are rounded to. A step is made early in a tick and has to end in it.
"""
import ctypes, fcntl, json, os, re, socket, struct, subprocess, sys, time

TICK = 4_000_000
GRAIN = 512
EARLY = 300_000
LATE = 3_000_000
# Ticks count from five minutes before they go over 32 bits.
INITIAL = 2 ** 32 - 300 * 250
libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result < 0:
        raise OSError(ctypes.get_errno(), what)


def run(*argv, given=None):
    done = subprocess.run(argv, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError('%s: %s' % (' '.join(argv), done.stderr.strip()))
    return done.stdout


# ---- packets: the part of the packet language that the cases use --------------------------------------------------
def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(text):
    protocol, source, destination, rest = re.match(r'(\S+) (\S+) > (\S+) ?(.*)', text).groups()
    if protocol == 'icmp':
        inner = packet(re.match(r'port-unreachable \((.*)\)$', rest).group(1))
        l4 = b'\3\3\0\0\0\0\0\0' + inner
        l4 = l4[:2] + struct.pack('>H', checksum(l4)) + l4[4:]
        return ipv4(socket.inet_aton(source), socket.inet_aton(destination), 1, 64, l4)
    six = '[' in source

    def end(word):
        address, port = re.match(r'\[?([^\]]*?)\]?:(\d+)$', word).groups()
        return socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, address), int(port)

    def number(name, default):
        found = re.search(r'\b%s (\d+)' % name, rest)
        return int(found.group(1)) if found else default

    (a, sport), (b, dport) = end(source), end(destination)
    data = bytes(number('len', 0))
    ttl = number('ttl', number('hlim', 64))
    if protocol == 'tcp':
        proto, at = 6, 16
        flags = sum({'F': 1, 'S': 2, 'R': 4, 'P': 8, '.': 16}[c] for c in re.search(r'\[(.*?)\]', rest).group(1))
        l4 = struct.pack('>HHIIBBHHH', sport, dport, number('seq', 0), number('ack', 0), 0x50, flags, 65535, 0, 0) + data
    else:
        proto, at = 17, 6
        l4 = struct.pack('>HHHH', sport, dport, 8 + len(data), 0) + data
    pseudo = a + b + (struct.pack('>IHBB', len(l4), 0, 0, proto) if six else struct.pack('>BBH', 0, proto, len(l4)))
    l4 = l4[:at] + struct.pack('>H', checksum(pseudo + l4)) + l4[at + 2:]
    if six:
        return struct.pack('>IHBB', 6 << 28, len(l4), proto, ttl) + a + b + l4
    return ipv4(a, b, proto, ttl, l4)


def ipv4(a, b, proto, ttl, l4):
    head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(l4), 0, 0x4000, ttl, proto, 0, a, b)
    return head[:10] + struct.pack('>H', checksum(head)) + head[12:] + l4


# ---- time ---------------------------------------------------------------------------------------------------------
class Ticks:
    """CLOCK_MONOTONIC in ticks: the tick `jiffies` is TICK * (jiffies - base) + phase."""

    def __init__(self):
        # The coarse clock goes on when a tick takes place; some are late.
        coarse = lambda: time.clock_gettime_ns(6)  # CLOCK_MONOTONIC_COARSE
        first = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        last, near = coarse(), []
        while len(near) < 40:
            if (now := coarse()) != last:
                near.append((time.clock_gettime_ns(time.CLOCK_MONOTONIC) - first) % TICK)
                last = now
        # Where the times go round at a tick, those near its end come first.
        if max(near) - min(near) > TICK // 2:
            near = [at - TICK if at > TICK // 2 else at for at in near]
        self.phase = (first + sorted(near)[len(near) // 4]) % TICK
        self.base = 0
        self.base = self.behind()

    def behind(self):
        """How far the kernel's number of the tick that is now lies from ours."""
        while True:
            before = self.now()
            found = int(re.search(r'^jiffies: (\d+)', open('/proc/timer_list').read(), re.M).group(1))
            if self.now() == before and EARLY <= self.within() <= LATE:
                return found - before
            self.sleep_to(self.now() + 2)

    def now(self):
        return (time.clock_gettime_ns(time.CLOCK_MONOTONIC) - self.phase) // TICK + self.base

    def within(self):
        return (time.clock_gettime_ns(time.CLOCK_MONOTONIC) - self.phase) % TICK

    def sleep_to(self, tick):
        """Until early in a tick."""
        goal = (tick - self.base) * TICK + self.phase + EARLY
        while (left := goal - time.clock_gettime_ns(time.CLOCK_MONOTONIC)) > 0:
            time.sleep(left / 1e9)

    def exactly(self, act, again=False):
        """Runs something inside one tick, and tells which; throws where it took longer."""
        if self.within() > LATE:
            self.sleep_to(self.now() + 1)
        before = self.now()
        result = act()
        if self.now() != before:
            raise RuntimeError('took longer than a tick: %d ns' % ((self.now() - before) * TICK))
        return before, result

    def check(self):
        if off := self.behind():
            raise RuntimeError('the kernel is %d ticks off the clock' % off)


# ---- one case -----------------------------------------------------------------------------------------------------
class Table:
    """The table filter of one family in this namespace, by socket options."""

    def __init__(self, family):
        self.six = family == 6
        self.level, self.tool = (41, 'ip6tables-legacy-restore') if self.six else (0, 'iptables-legacy-restore')
        self.socket = socket.socket(socket.AF_INET6 if self.six else socket.AF_INET, socket.SOCK_RAW, 255)
        self.counters_at, self.next_at = (152, 142) if self.six else (96, 90)

    def info(self):
        buffer = ctypes.create_string_buffer(b'filter', 84)
        check(libc.getsockopt(self.socket.fileno(), self.level, 64, buffer, ctypes.byref(ctypes.c_uint32(84))), 'GET_INFO')
        return struct.unpack('=I5I5III', buffer.raw[32:])

    def entries(self):
        size = self.info()[12]
        buffer = ctypes.create_string_buffer(40 + size)
        struct.pack_into('=32sI', buffer, 0, b'filter', size)
        check(libc.getsockopt(self.socket.fileno(), self.level, 65, buffer, ctypes.byref(ctypes.c_uint32(40 + size))), 'GET_ENTRIES')
        return buffer.raw[40:]

    def prepare(self, text):
        """Has the tool translate the rules, keeps them, and empties the table again."""
        run(self.tool, given=text)
        self.wanted, self.blob = self.info(), self.entries()
        run(self.tool, given='*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n')
        ends = self.wanted[6:11]
        self.rules, at = [], 0
        while at < len(self.blob):
            following = at + struct.unpack_from('=H', self.blob, at + self.next_at)[0]
            if following < len(self.blob) and not any(at == ends[h] for h in (1, 2, 3)):
                self.rules.append(at)
            at = following
        old = ctypes.create_string_buffer(16 * self.info()[11])
        hooks, heads, number, size = self.wanted[0], self.wanted[1:11], self.wanted[11], self.wanted[12]
        self.old = old
        self.request = struct.pack('=32sIII10IIQ', b'filter', hooks, number, size, *heads, self.info()[11], ctypes.addressof(old)) + self.blob

    def load(self):
        check(libc.setsockopt(self.socket.fileno(), self.level, 64, self.request, len(self.request)), 'SET_REPLACE')
        self.last = self.counters()

    def counters(self):
        raw = self.entries()
        return [struct.unpack_from('=QQ', raw, at + self.counters_at) for at in self.rules]

    def rose(self):
        now = self.counters()
        changed = [n + 1 for n, (a, b) in enumerate(zip(self.last, now)) if a != b]
        self.last = now
        return changed


class Case:
    def __init__(self, case):
        self.case = case
        check(libc.unshare(0x40000000), 'unshare')
        self.namespace = os.open('/proc/self/ns/net', os.O_RDONLY)
        family = case.get('family', 4)
        settings = {'net/ipv4/ip_forward': 1, 'net/ipv4/conf/all/rp_filter': 0, 'net/ipv4/conf/default/rp_filter': 0,
                    'net/ipv6/conf/default/accept_dad': 0, 'net/ipv6/conf/all/forwarding': 1,
                    'net/ipv6/conf/default/disable_ipv6': int(family == 4), 'net/ipv6/conf/all/disable_ipv6': int(family == 4)}
        for name, value in settings.items():
            open('/proc/sys/' + name, 'w').write(str(value))
        self.tuns = {}
        lines = ['link set lo up']
        for index, name in enumerate(('t0', 't1')):
            self.tuns[name] = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tuns[name], 0x400454CA, struct.pack('16sH14x', name.encode(), 0x1001))
            lines.append('addr add 10.0.%d.1/24 dev %s' % (index, name))
            if family == 6:
                lines.append('addr add fd00:0:0:%d::1/64 dev %s nodad' % (index, name))
            lines.append('link set %s up' % name)
        lines.append('route add default via 10.0.1.2 dev t1')
        if family == 6:
            lines.append('-6 route add default via fd00:0:0:1::2 dev t1')
        for line in lines:
            run('ip', *line.split())
        for name, value in case.get('sysctl', {}).items():
            open('/proc/sys/' + name.replace('.', '/'), 'w').write(str(value))
        self.table = Table(family)
        self.table.prepare(case['rules'])
        self.steps = []

    def enter(self):
        check(libc.setns(self.namespace, 0x40000000), 'setns')

    def send(self, text, device):
        os.write(self.tuns[device], packet(text))

    def step(self, ticks, start, wanted):
        what = wanted[1]
        if what.startswith('/'):
            self.enter()
            at, text = ticks.exactly(lambda: open(what.replace('/proc/net/', '/proc/thread-self/net/')).read())
            self.steps.append([at - start, what, self.relative(what, text, start)])
            return
        device = wanted[2] if len(wanted) > 2 else 't0'
        data = packet(what)
        at, _ = ticks.exactly(lambda: os.write(self.tuns[device], data))
        self.steps.append([at - start, what, self.table.rose()] + ([device] if device != 't0' else []))
        for fd in self.tuns.values():
            try:
                while True:
                    os.read(fd, 65536)
            except BlockingIOError:
                pass

    def relative(self, path, text, start):
        """Texts with ticks in them tell those since the start; lines in the order of a hash are sorted."""
        if 'hashlimit' in path:
            return ''.join(sorted(text.splitlines(True)))
        if 'recent' not in path:
            return text
        fix = lambda found: str((int(found) - start) % 2 ** 64)
        lines = []
        for line in text.splitlines():
            head, last, index, stamps = re.match(r'(.* last_seen: )(\d+)( oldest_pkt: \d+ )(.*)', line).groups()
            lines.append(head + fix(last) + index + ', '.join(map(fix, stamps.split(', '))) + '\n')
        return ''.join(sorted(lines))

    def result(self):
        case = {**self.case, 'kernel': re.match(r'\d+\.\d+', os.uname().release).group(), 'steps': self.steps}
        return {**case, 'counters': [list(pair) for pair in self.table.counters()]}


# ---- all cases ----------------------------------------------------------------------------------------------------
def occupied(case):
    """Ticks in which a case may be at work."""
    taken = {-1, 0, 1, 2}
    at = -1
    for step in case['steps']:
        at = max(at + 1, step[0])
        taken.update((at, at + 1))
    return taken


def plan(cases, first):
    """A start for each case such that no two are at work in the same tick, nor one before the host is up long enough."""
    taken, starts = set(), []
    for case in cases:
        own = occupied(case)
        start = max(first, (INITIAL + case.get('uptime', 0) * 250) // GRAIN * GRAIN)
        while any(start + tick in taken for tick in own):
            start += GRAIN
        taken |= {start + tick for tick in own}
        starts.append(start)
    return starts


def play(cases, output):
    ticks = Ticks()
    # A connection that was counted on another processor stays counted for a tick.
    os.sched_setaffinity(0, {0})
    runs = [Case(case) for case in cases]
    ticks.check()
    first = (ticks.now() // GRAIN + 2) * GRAIN
    starts = plan(cases, first)
    todo = []
    for one, start in zip(runs, starts):
        todo.append((start, start, -1, one, None))
        todo += [(start + step[0], start, n, one, step) for n, step in enumerate(one.case['steps'])]
    todo.sort(key=lambda entry: entry[:3])
    for count, (at, start, _, one, step) in enumerate(todo):
        ticks.sleep_to(at)
        try:
            if step is None:
                one.enter()
                one.start, _ = ticks.exactly(one.table.load)
                if one.start != start and one.case['kind'] != 'here':
                    raise RuntimeError('rules came %d ticks late' % (one.start - start))
            else:
                one.step(ticks, one.start, step)
        except (RuntimeError, OSError) as error:
            raise SystemExit('%s, step %s: %s' % (one.case['name'], step, error))
        if count % 50 == 0:
            ticks.check()
    ticks.check()
    for one in runs:
        output.write(json.dumps(one.result()) + '\n')


def play_dates(cases, output):
    """Cases of the wall clock: it is set before each step, nothing has to pass."""
    class Zone(ctypes.Structure):
        _fields_ = [('west', ctypes.c_int), ('dst', ctypes.c_int)]

    for case in cases:
        one = Case(case)
        libc.syscall(164, None, ctypes.byref(Zone(case.get('minuteswest', 0), 0)))
        one.table.load()
        for at, text in case['steps']:
            time.clock_settime_ns(time.CLOCK_REALTIME, case['wall'] * 1_000_000_000 + at * TICK)
            one.send(text, 't0')
            one.steps.append([at, text, one.table.rose()])
        output.write(json.dumps(one.result()) + '\n')


if __name__ == '__main__':
    with open(sys.argv[1]) as file:
        asked = [json.loads(line) for line in file]
    with open(sys.argv[2], 'w') as result:
        play([case for case in asked if 'wall' not in case], result)
        play_dates([case for case in asked if 'wall' in case], result)
        result.flush()
