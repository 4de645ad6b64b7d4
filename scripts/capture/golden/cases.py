#!/usr/bin/env python3
"""The cases of fixtures/golden.

    cases.py KIND                     the cases of one kind (idle, ticking, here: see ../golden.sh) as JSON lines
    cases.py KIND ANSWERS DIRECTORY   puts what record.py answered into DIRECTORY/EXTENSION.json

A case is rules and steps: [tick, packet] or [tick, packet, device] or [tick, file to read]. Ticks are 4 ms long and count
from the moment the rules are there. Everything random comes from a seed in the case's name.
"""
import json, os, random, sys

S = 250
MINUTE, HOUR, DAY = 60 * S, 3600 * S, 86400 * S
CASES = []


def rules(*lines, chain='FORWARD'):
    text = ''.join('-A %s %s\n' % (chain, line) for line in lines)
    return '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n%sCOMMIT\n' % text


def case(extension, name, lines, steps, kind='idle', **more):
    CASES.append({'kind': kind, 'extension': extension, 'name': name, **more, 'rules': rules(*lines), 'steps': steps})


def udp(source='10.0.0.5', destination='10.0.1.9', sport=1000, dport=53, more='len 8'):
    return 'udp %s:%d > %s:%d %s' % (source, sport, destination, dport, more)


def udp6(source='fd00::5', destination='fd00:0:0:1::9'):
    return 'udp [%s]:1000 > [%s]:53 len 8' % (source, destination)


def tcp(flags, sport=1000, seq=100, ack=0, source='10.0.0.5', destination='10.0.1.9', dport=80):
    return 'tcp %s:%d > %s:%d [%s] seq %d ack %d' % (source, sport, destination, dport, flags, seq, ack)


def back(flags, dport=1000, seq=500, ack=101, source='10.0.1.9', destination='10.0.0.5', sport=80):
    return tcp(flags, sport, seq, ack, source, destination, dport)


def at(ticks, text=udp()):
    return [[tick, text] for tick in ticks]


def walk(seed, count, gaps, texts):
    """Packets after random gaps; `gaps` are (weight, least, most) in ticks."""
    chance = random.Random(seed)
    now, steps = 1, []
    for _ in range(count):
        _, least, most = chance.choices(gaps, [gap[0] for gap in gaps])[0]
        now += chance.randint(least, most)
        steps.append([now, chance.choice(texts)])
    return steps


def edges(*moments):
    """Around each moment: the ticks before, at and behind it."""
    return [moment + near for moment in moments for near in (-1, 0, 1)]


# ---- limit --------------------------------------------------------------------------------------------------------
def limit():
    def one(name, options, steps, **more):
        case('limit', name, ['-m limit ' + options], steps, **more)

    one('1/sec burst 1: one token and its edges', '--limit 1/sec --limit-burst 1', at([1, 2, *edges(251, 501, 751), 2000, 2001]))
    one('5/sec burst 5: spent at once', '--limit 5/sec --limit-burst 5', at([1] * 7 + edges(51, 101, 151) + [400] * 7))
    one('3/hour burst 5: the defaults', '', at([1] * 6 + edges(1 + 1200 * S, 1 + 2400 * S) + [1 + 3600 * S + 400] * 3))
    one('6/min burst 3', '--limit 6/min --limit-burst 3', at([1] * 5 + edges(2501, 5001) + [20000] * 5 + edges(22500)))
    one('100/sec burst 7: tokens of 2.5 ticks', '--limit 100/sec --limit-burst 7', at(list(range(1, 40))))
    one('10000/sec burst 3: more than a token each tick', '--limit 10000/sec --limit-burst 3', at([1] * 4 + [2] * 4 + [3, 5, 5]))
    one('7/min burst 2: a period that is no whole number', '--limit 7/min --limit-burst 2', at([1, 1, 1] + edges(1 + 2142, 1 + 4285, 1 + 6428)))
    one('1/hour burst 2', '--limit 1/hour --limit-burst 2', at([1, 1, 1, 1800 * S] + edges(1 + HOUR)))
    one('2/hour burst 3, asked all the time', '--limit 2/hour --limit-burst 3', at([1 + 100 * S * n for n in range(40)]))
    one('1/min burst 4: idle for long fills no more than the bucket', '--limit 1/min --limit-burst 4', at([1] * 2 + [20 * MINUTE] * 6 + edges(21 * MINUTE)))
    one('1/day burst 1: hardly a refill', '--limit 1/day --limit-burst 1', at([1, 2, HOUR]))
    one('60/min burst 100', '--limit 60/min --limit-burst 100', at([1 + n // 4 for n in range(104)] + edges(277)))
    one('33/sec burst 1', '--limit 33/sec --limit-burst 1', at(range(1, 60)))
    case('limit', 'two rules, of which the second sees what the first leaves', ['-m limit --limit 2/sec --limit-burst 2 -j ACCEPT', '-m limit --limit 1/sec --limit-burst 1'],
         at([1] * 5 + edges(126, 251, 376, 501)))
    case('limit', 'IPv6', ['-m limit --limit 10/min --limit-burst 2'], at([1, 1, 1] + edges(1501, 3001), udp6()), family=6)
    for seed, options, gap in ((1, '--limit 4/sec --limit-burst 6', 60), (2, '--limit 20/min --limit-burst 5', 700), (3, '--limit 40/hour --limit-burst 3', 20000),
                               (4, '--limit 99/sec --limit-burst 10', 4), (5, '--limit 11/min --limit-burst 20', 500)):
        one('random, seed %d: %s' % (seed, options), options, walk(seed, 70, [(5, 0, gap), (3, gap, gap * 2), (1, gap * 3, gap * 9)], [udp()]))


# ---- recent -------------------------------------------------------------------------------------------------------
def recent():
    def one(name, lines, steps, **more):
        case('recent', name, ['-m recent ' + line for line in lines], steps, **more)

    file = '/proc/net/xt_recent/r'
    a, b, c = (udp('10.0.0.%d' % n) for n in (5, 6, 7))
    ahead = lambda text, ttl: text + ' ttl %d' % ttl
    one('rcheck --seconds: the edge', ['--rcheck --seconds 60 --name r', '--set --name r'],
        [[1, a], *at(edges(1 + MINUTE), a), [100, b]][:4] + at([40000, 40000 + 60 * S, 40000 + 120 * S + 1], a) + [[80000, file]])
    one('rcheck without seconds', ['--rcheck --name r', '--set --name r'], [[1, a], [2, b], [HOUR // 2, a], [HOUR // 2 + 1, b], [HOUR // 2 + 2, c], [HOUR // 2 + 3, file]])
    one('update --seconds --hitcount: a list that feeds itself', ['--update --seconds 60 --hitcount 4 --name r -j DROP', '--set --name r'],
        at([1, 2, 3, 4, 5, 6, 10 * S, 50 * S, 111 * S, 171 * S + 1, 171 * S + 2, 171 * S + 3], a) + [[180 * S, file]])
    one('rcheck --hitcount without seconds', ['--rcheck --hitcount 3 --name r', '--set --name r'], at([1, 2, 3, 4, 5000], a) + [[5001, b], [5002, file]])
    one('hitcount 1 is as none', ['--rcheck --hitcount 1 --seconds 10 --name r', '--set --name r'], at([1, 2, 2502, 2503, 6000], a) + [[6001, file]])
    one('reap takes the oldest only', ['--rcheck --seconds 30 --reap --name r', '--set --name r'],
        [[1, a], [2, b], [3, c], [10, file], [31 * S, c], [31 * S + 1, file], [32 * S, c], [32 * S + 1, file], [33 * S, c], [33 * S + 1, file], [90 * S, a], [90 * S + 1, file]])
    one('update with reap', ['--update --seconds 20 --hitcount 2 --reap --name r -j DROP', '--set --name r'],
        walk(11, 40, [(3, 1, 400), (2, 2000, 7000)], [a, b, c]) + [[400000, file]])
    one('rttl: who forges addresses has another TTL', ['--rcheck --rttl --name r', '--set --name r'],
        [[1, ahead(a, 60)], [2, ahead(a, 61)], [3, ahead(a, 60)], [4, ahead(a, 61)], [5, ahead(b, 9)], [6, ahead(b, 9)], [7, file]])
    one('update --rttl', ['--update --rttl --seconds 10 --name r -j DROP', '--set --name r'],
        [[1, ahead(a, 60)], [2, ahead(a, 60)], [3, ahead(a, 50)], [4, ahead(a, 60)], [5, ahead(a, 50)], [6, file], [3000, ahead(a, 50)], [3001, ahead(a, 60)], [3002, file]])
    one('remove', ['-p udp --sport 2000 --remove --name r'.replace('-p udp --sport 2000 ', ''), '--set --name r'],
        [[1, a], [2, a], [3, a], [4, b], [5, file]])
    case('recent', 'remove by a knock', ['-p udp --dport 99 -m recent --remove --name r -j ACCEPT', '-m recent --rcheck --name r', '-m recent --set --name r'],
         [[1, a], [2, a], [3, udp('10.0.0.5', dport=99)], [4, a], [5, udp('10.0.0.6', dport=99)], [6, file]])
    one('more packets than stamps: the ring of 32 goes round', ['--set --name r'], at([n * 3 for n in range(1, 46)], a) + [[200, file]])
    one('a hitcount of 20 keeps 32 stamps', ['--rcheck --seconds 600 --hitcount 20 --name r', '--set --name r'], at([n * S for n in range(1, 40)], a) + [[40 * S, file], *at([620 * S, 621 * S, 640 * S], a)])
    one('a hitcount of 33 keeps 64 stamps', ['--rcheck --hitcount 33 --name r', '--set --name r'], at([n * 2 for n in range(1, 71)], a) + [[150, file]])
    one('a hitcount of 5 keeps 8 stamps', ['--update --hitcount 5 --seconds 100 --name r', '--rcheck --name r', '--set --name r'], at([n * 500 for n in range(1, 30)], a) + [[30 * 500, file]])
    one('a hitcount of 8 is the whole ring', ['--rcheck --hitcount 8 --name r', '--set --name r'], at(range(1, 20), a) + [[30, file]])
    one('a hitcount of 255', ['--rcheck --hitcount 255 --name r', '--set --name r'], at(range(1, 300), a) + [[300, file]], kind='here')
    one('mask', ['--rcheck --seconds 5 --name r --mask 255.255.255.252', '--set --name r --mask 255.255.255.252'], [[n, udp('10.0.0.%d' % n)] for n in range(2, 14)] + [[20, file], [1500, udp('10.0.0.13')], [1501, file]])
    one('rdest', ['--rcheck --rdest --name r', '--set --rdest --name r'], [[1, udp(destination='10.0.1.9')], [2, udp(destination='10.0.1.8')], [3, udp('10.0.0.6', '10.0.1.9')], [4, file]])
    one('inverted checks', ['! --rcheck --seconds 10 --name r', '! --update --seconds 10 --hitcount 2 --name r', '! --set --name r', '! --rcheck --hitcount 3 --name r'],
        at([1, 2, 3, 2502, 2503, 2504, 9000, 9001], a) + [[9002, file], [9003, b], [9004, file]])
    one('two lists', ['--set --name r', '--rcheck --name q', '--set --name q --rdest'], [[1, a], [2, udp('10.0.0.6', '10.0.0.5')], [3, a], [4, file], [5, '/proc/net/xt_recent/q']])
    one('the 101st address pushes out the one longest unseen', ['--rcheck --name r', '--set --name r'],
        [[n, udp('10.0.0.%d' % (n + 10))] for n in range(1, 101)] + [[110, udp('10.0.0.11')], [111, udp('10.0.0.200')], [112, udp('10.0.0.12')], [113, udp('10.0.0.13')], [114, udp('10.0.0.11')], [115, file]])
    one('an empty list', ['--rcheck --name r'], [[1, a], [2, file]])
    one('update of one that was never set', ['--update --seconds 5 --name r', '--remove --name r'], [[1, a], [2, file]])
    one('IPv6, with a mask', ['--rcheck --seconds 5 --hitcount 2 --name r --mask ffff:ffff:ffff:ffff::', '--set --name r --mask ffff:ffff:ffff:ffff::'],
        [[1, udp6()], [2, udp6('fd00::6')], [3, udp6('fd00:0:0:7::5')], [4, udp6()], [1252, udp6()], [1253, udp6()], [1254, file]], family=6)
    for seed, lines in ((21, ['--update --seconds 7 --hitcount 3 --name r -j DROP', '--set --name r']), (22, ['--rcheck --seconds 4 --hitcount 2 --reap --name r', '--set --name r']),
                        (23, ['--rcheck --seconds 3 --name r -j DROP', '--update --seconds 9 --hitcount 5 --rttl --name r -j DROP', '--set --name r']),
                        (24, ['--update --seconds 30 --reap --name r -j ACCEPT', '--set --name r --rdest']), (25, ['--rcheck --seconds 2 --hitcount 1 --name r', '--remove --name r', '! --rcheck --name r', '--set --name r --rdest'])):
        texts = [udp(s, d, more=m) for s in ('10.0.0.5', '10.0.0.6', '10.0.0.7') for d in ('10.0.1.5', '10.0.1.9') for m in ('ttl 64', 'ttl 50')]
        steps = walk(seed, 80, [(5, 0, 200), (3, 200, 1200), (1, 1200, 9000)], texts)
        for place in (60, 40, 20):
            steps.insert(place, [steps[place - 1][0] + 0, file])
        one('random, seed %d' % seed, lines, steps + [[steps[-1][0] + 9, file]])


# ---- output -------------------------------------------------------------------------------------------------------
def merge(answers, directory):
    order = {(one['extension'], one['name']): n for n, one in enumerate(CASES)}
    for extension in sorted({one['extension'] for one in answers}):
        path = os.path.join(directory, extension + '.json')
        known = json.load(open(path)) if os.path.exists(path) else []
        found = {one['name']: one for one in known if (extension, one['name']) in order}
        found.update({one['name']: {k: v for k, v in one.items() if k not in ('kind', 'extension')} for one in answers if one['extension'] == extension})
        lines = [json.dumps(found[name], ensure_ascii=False, separators=(',', ':')) for name in sorted(found, key=lambda name: order[extension, name])]
        with open(path, 'w') as file:
            file.write('[\n' + ',\n'.join(lines) + '\n]\n')


if __name__ == '__main__':
    limit()
    recent()
    if len(sys.argv) > 2:
        merge([json.loads(line) for line in open(sys.argv[2])], sys.argv[3])
    else:
        for one in CASES:
            if one['kind'] == sys.argv[1]:
                print(json.dumps(one))
