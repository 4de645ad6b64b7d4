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


# ---- hashlimit ----------------------------------------------------------------------------------------------------
def hashlimit():
    def one(name, lines, steps, **more):
        case('hashlimit', name, ['-m hashlimit --hashlimit-name h ' + line for line in lines], steps, **more)

    file = '/proc/net/ipt_hashlimit/h'
    a, b, c = (udp('10.0.0.%d' % n) for n in (5, 6, 77))
    sized = lambda *lengths: [udp(more='len %d' % length) for length in lengths]
    one('upto 5/sec burst 5 by source', ['--hashlimit-upto 5/sec --hashlimit-mode srcip'], at([1] * 7, a) + at([1] * 2, b) + [[2, file]] + at(edges(51, 101), a) + [[110, file]])
    one('above 3/min burst 2 by source and destination port', ['--hashlimit-above 3/min --hashlimit-burst 2 --hashlimit-mode srcip,dstport'],
        [[n, udp(dport=port)] for n in range(1, 6) for port in (53, 54)] + [[6, file]] + at(edges(5001, 10001), udp()) + [[10005, udp(dport=54)], [10006, file]])
    one('srcmask 26', ['--hashlimit-upto 2/sec --hashlimit-burst 3 --hashlimit-mode srcip --hashlimit-srcmask 26'], [[n, t] for n in range(1, 5) for t in (a, b, c)] + [[6, file], *at(edges(126, 251), b), [253, file]])
    one('no mode: one bucket for all', ['--hashlimit-upto 4/sec --hashlimit-burst 3'], [[n, t] for n in range(1, 4) for t in (a, b)] + [[6, file], *at(edges(64, 127), b)])
    one('srcport and dstip, dstmask 31', ['--hashlimit-upto 6/min --hashlimit-burst 2 --hashlimit-mode srcport,dstip --hashlimit-dstmask 31'],
        [[n, udp(destination=d, sport=p)] for n in (1, 2, 3) for d in ('10.0.1.8', '10.0.1.9', '10.0.1.10') for p in (1000, 1001)] + [[4, file], [2502, udp(destination='10.0.1.8')], [2503, file]])
    one('10/hour burst 3', ['--hashlimit-upto 10/hour --hashlimit-burst 3 --hashlimit-mode srcip'], at([1] * 5 + edges(1 + 90000, 1 + 180000), a) + [[180010, file]])
    one('7/min: a period that is no whole number', ['--hashlimit-upto 7/min --hashlimit-burst 2 --hashlimit-mode dstip'], at([1, 1, 1] + edges(2143, 2144, 4286, 6429), a) + [[6440, file]])
    one('10000/sec', ['--hashlimit-upto 10000/sec --hashlimit-burst 3 --hashlimit-mode srcip'], at([1] * 5 + [2] * 5 + [3, 5], a) + [[6, file]])
    one('two rules, one table', ['--hashlimit-upto 3/sec --hashlimit-burst 4 --hashlimit-mode srcip', '--hashlimit-above 3/sec --hashlimit-burst 4 --hashlimit-mode srcip'], at([1] * 4 + edges(84, 168, 252), a) + [[300, file]])
    one('a full table drops', ['--hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-htable-size 2 --hashlimit-htable-max 3'],
        [[n, udp('10.0.0.%d' % n)] for n in range(2, 8)] + [[9, udp('10.0.0.3')], [10, udp('10.0.0.3')], [11, file]])
    one('bytes: upto 1kb/s', ['--hashlimit-upto 1kb/s --hashlimit-mode srcip'], [[n, t] for n, t in enumerate(sized(0, 400, 400, 100, 100, 0, 0), 1)] + [[10, file]] + [[50 * n, t] for n, t in enumerate(sized(*[200] * 8), 1)] + [[500, file]])
    one('bytes: above 512b/s, burst 2kb', ['--hashlimit-above 512b/s --hashlimit-burst 2kb --hashlimit-mode srcip'], [[n, t] for n, t in enumerate(sized(*[300] * 9), 1)] + [[12, file], [260, a], [400, sized(480)[0]], [401, sized(480)[0]], [402, file]])
    one('bytes: 16 at a time', ['--hashlimit-upto 160b/s --hashlimit-mode srcip'], [[n, t] for n, t in enumerate(sized(3, 4, 3, 4, 20, 36), 1)] + [[7, file]] + at([20, 40, 60, 90, 120, 250, 251], sized(4)[0]) + [[252, file]])
    one('bytes: 10mb/s', ['--hashlimit-upto 10mb/s --hashlimit-mode dstip'], at([1] * 4 + [2, 3, 4], sized(1400)[0]) + [[5, file]])
    one('rate-match upto 10/sec', ['--hashlimit-upto 10/sec --hashlimit-burst 4 --hashlimit-mode srcip --hashlimit-rate-match'], at([1 + 10 * n for n in range(30)] + [320, 560, 561, 562, 900, 1150, 1151, 1500], a))
    one('rate-match above 5/sec over 2 s', ['--hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-rate-match --hashlimit-rate-interval 2'], at([1 + 30 * n for n in range(45)] + [2000, 2700, 2701], a))
    one('rate-match of bytes', ['--hashlimit-above 2kb/s --hashlimit-mode srcip --hashlimit-rate-match --hashlimit-rate-interval 1'], at([1 + 40 * n for n in range(40)], sized(400)[0]) + at([2000, 2251, 2260], a))
    one('rate-match of bytes with a burst', ['--hashlimit-upto 1kb/s --hashlimit-burst 3kb --hashlimit-mode srcip --hashlimit-rate-match --hashlimit-rate-interval 3'], at([1 + 50 * n for n in range(50)], sized(300)[0]) + at([4000, 4751, 4760], a))
    six = '/proc/net/ip6t_hashlimit/h'
    one('IPv6 by network', ['--hashlimit-upto 12/min --hashlimit-burst 3 --hashlimit-mode srcip --hashlimit-srcmask 62'], [[n, udp6(s)] for n in (1, 2) for s in ('fd00::5', 'fd00:0:0:3::1', 'fd00:0:0:4::1')] + [[3, six], *at(edges(1251), udp6()), [1260, six]], family=6)
    for seed, options, gap in ((31, '--hashlimit-upto 4/sec --hashlimit-burst 3 --hashlimit-mode srcip', 40), (32, '--hashlimit-above 30/min --hashlimit-burst 6 --hashlimit-mode srcip,dstip --hashlimit-srcmask 30', 120),
                               (33, '--hashlimit-upto 600b/s --hashlimit-mode srcip', 60), (34, '--hashlimit-upto 1kb/s --hashlimit-burst 5kb --hashlimit-mode srcip', 60),
                               (35, '--hashlimit-above 20/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-rate-match --hashlimit-rate-interval 7', 200), (36, '--hashlimit-upto 90/hour --hashlimit-burst 4 --hashlimit-mode dstip', 3000)):
        texts = [udp(s, d, more='len %d' % n) for s in ('10.0.0.5', '10.0.0.6', '10.0.0.9') for d in ('10.0.1.8', '10.0.1.9') for n in (8, 8, 200, 700)]
        steps = walk(seed, 90, [(5, 0, gap), (2, gap, gap * 2)], texts)
        one('random, seed %d: %s' % (seed, options), [options + ' --hashlimit-htable-expire 100000000'], steps if 'rate-match' in options else steps + [[steps[-1][0] + 5, file]])
    # What the collector of old entries does takes place in the background.
    tick = lambda name, options, steps: one(name, [options], steps, kind='ticking')
    tick('expired after 1 s, collected each second', '--hashlimit-upto 1/sec --hashlimit-burst 10 --hashlimit-mode srcip', at([1] * 10 + [100, 400, 500, 640, 1000], a) + [[1001, file]] + at([1010] * 3, a) + [[n, file] for n in range(1100, 1800, 33)])
    tick('expire 2 s, gcinterval 500 ms', '--hashlimit-upto 6/min --hashlimit-burst 3 --hashlimit-mode srcip --hashlimit-htable-expire 2000 --hashlimit-htable-gcinterval 500', at([1] * 4 + [480, 700, 1190, 1500, 2130, 2131, 2132, 2133], a) + [[n, file] for n in range(2500, 2900, 7)])
    tick('expire 500 ms, gcinterval 3 s', '--hashlimit-upto 6/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-htable-expire 500 --hashlimit-htable-gcinterval 3000',
         sorted([[n, t] for n in range(1, 4000, 230) for t in (a, b)]) + [[n, file] for n in range(4001, 5600, 40)])
    tick('gcinterval 20 ms', '--hashlimit-upto 1/min --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-htable-expire 40 --hashlimit-htable-gcinterval 20', at([1, 5, 12, 16, 20, 24, 28, 32, 36, 40, 60, 61, 90, 91], a) + [[n, file] for n in range(92, 120)])
    tick('a full table has room again', '--hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-htable-size 2 --hashlimit-htable-max 2 --hashlimit-htable-expire 1500', [[n * 40, udp('10.0.0.%d' % (2 + n % 5))] for n in range(1, 60)] + [[2500, file]])
    for seed, options in ((41, '--hashlimit-upto 2/sec --hashlimit-burst 8 --hashlimit-mode srcip'), (42, '--hashlimit-above 10/min --hashlimit-burst 3 --hashlimit-mode srcip --hashlimit-htable-expire 3000 --hashlimit-htable-gcinterval 700'),
                          (43, '--hashlimit-upto 500b/s --hashlimit-burst 2kb --hashlimit-mode srcip --hashlimit-htable-expire 900')):
        steps = walk(seed, 90, [(6, 0, 40), (3, 40, 300), (1, 300, 1100)], [udp(s, more='len %d' % n) for s in ('10.0.0.5', '10.0.0.6', '10.0.0.9') for n in (8, 8, 200, 300)])
        tick('random, seed %d: %s' % (seed, options), options, steps + [[steps[-1][0] + n, file] for n in (1, 100, 200, 500, 1200)])


# ---- quota, statistic ---------------------------------------------------------------------------------------------
def counted():
    sized = lambda *lengths: [[n, udp(more='len %d' % length)] for n, length in enumerate(lengths, 1)]
    case('quota', 'to the last byte', ['-m quota --quota 300', '-m quota ! --quota 300'], sized(72, 72, 72, 0, 0))
    case('quota', 'what does not fit ends it', ['-m quota --quota 300', '-m quota ! --quota 300', '-m quota --quota 1000000000000'], sized(100, 172, 0, 1, 0) + [[HOUR, udp()]])
    case('quota', 'none, and one byte too few', ['-m quota --quota 0', '-m quota --quota 27', '-m quota --quota 28'], sized(0, 0))
    case('quota', 'only what reaches the rule counts', ['-p udp --dport 54 -j ACCEPT', '-m quota --quota 100'], [[n, udp(dport=53 + n % 2, more='len 0')] for n in range(1, 12)])
    chance = random.Random(51)
    case('quota', 'random, seed 51', ['-m quota --quota %d' % n for n in (1000, 5000, 12345)], sized(*[chance.choice((0, 10, 100, 500, 900)) for _ in range(40)]))
    for every in (1, 2, 3, 7):
        case('statistic', 'nth: every %d' % every, ['-m statistic --mode nth --every %d --packet %d' % (every, n) for n in range(every)] + ['-m statistic --mode nth ! --every %d --packet 0' % every], at(range(1, 3 * every + 2)))
    case('statistic', 'nth: a share for each of four', ['-m statistic --mode nth --every %d --packet 0 -j ACCEPT' % n for n in (4, 3, 2)] + [''], at(range(1, 14)))
    case('statistic', 'nth: only what reaches the rule counts', ['-p udp --dport 54 -m statistic --mode nth --every 2 --packet 1', '-m statistic --mode nth --every 5 --packet 3', '-m statistic --mode nth --every 4294967295 --packet 4294967294'],
         [[n, udp(dport=random.Random(n).choice((53, 54)))] for n in range(1, 30)])


# ---- time ---------------------------------------------------------------------------------------------------------
def times():
    def one(name, wall, lines, seconds, **more):
        case('time', name, ['-m time ' + line for line in lines], at([S * second for second in seconds]), wall=wall, **more)

    thursday = 1767225600  # 2026-01-01
    hours = [h * 3600 + extra for h in range(0, 24 * 9, 3) for extra in (-1, 0, 1) if h + extra >= 0]
    one('weekdays', thursday, ['--weekdays ' + days for days in ('Mon', 'Sun', 'Sat,Sun', '1,2,3,4,5', 'Th')] + ['! --weekdays Thu,Fri'], hours[::2])
    one('monthdays over the end of a month', thursday + 56 * 86400, ['--monthdays 1', '--monthdays 28', '--monthdays 29,30,31', '! --monthdays 1,2,3', '--monthdays 1,15 --weekdays Sun'], hours[::2])
    one('a day of a leap year', 1709078400, ['--monthdays 29', '! --monthdays 29', '--weekdays Thu --monthdays 29'], hours[::3])
    one('from a date to a date', thursday, ['--datestart 2026-01-03', '--datestop 2026-01-03', '--datestart 2026-01-02T12:00:00 --datestop 2026-01-05T06:00:00', '--datestart 2026-01-04T00:00:00 --weekdays Mon', '--datestart 2026-01-09 --datestop 2026-01-02'], hours[::2])
    near = sorted({day * 86400 + moment + edge for day in (0, 1, 3) for moment in (0, 3600, 7200, 30600, 61200, 79200, 82800, 86399) for edge in (-1, 0, 1)} - {-1})
    one('times of day', thursday, ['--timestart 08:30 --timestop 17:00', '--timestart 01:00', '--timestop 02:00', '--timestart 17:00 --timestop 17:00', '--timestart 00:00 --timestop 00:00', '--timestart 23:59:59 --timestop 23:59:59'], near)
    one('over midnight', thursday, ['--timestart 22:00 --timestop 02:00', '--timestart 22:00 --timestop 02:00 --weekdays Thu', '--timestart 22:00 --timestop 02:00 --weekdays Thu --contiguous',
        '--timestart 23:00 --timestop 01:00 --monthdays 1,4 --contiguous', '--timestart 23:00 --timestop 01:00 --monthdays 1,4', '--timestart 17:00 --timestop 08:30 --weekdays Fri,Sat --contiguous', '! --weekdays Fri --timestart 22:00 --timestop 02:00 --contiguous'], near)
    one('over midnight at the end of a month', thursday + 30 * 86400, ['--timestart 22:00 --timestop 02:00 --monthdays 31 --contiguous', '--timestart 22:00 --timestop 02:00 --monthdays 1 --contiguous', '--timestart 22:00 --timestop 02:00 --monthdays 31', '--timestart 22:00 --timestop 02:00 --datestop 2026-02-01T01:00:00 --contiguous'], near)
    one('the kernel time zone is UTC', thursday, ['--kerneltz --timestart 08:30 --timestop 17:00', '--kerneltz --weekdays Fri', '--kerneltz --timestart 22:00 --timestop 02:00 --weekdays Thu --contiguous'], near)
    for west in (-330, 300):
        one('the kernel time zone is %d minutes west' % west, thursday, ['--kerneltz --timestart 08:30 --timestop 17:00', '--kerneltz --weekdays Fri', '--kerneltz --timestart 22:00 --timestop 02:00 --weekdays Thu --contiguous', '--kerneltz --datestart 2026-01-02T01:00:00 --monthdays 2,3'], near, minuteswest=west)
    one('the time zone is nothing to rules without --kerneltz', thursday, ['--timestart 08:30 --timestop 17:00', '--weekdays Fri --utc', '--datestart 2026-01-02'], near, minuteswest=-330)
    one('the last moments of 32 bits', 2147396400, ['--weekdays Mon,Tue', '--datestart 2038-01-19', '--timestart 03:14 --timestop 03:15', '--monthdays 19'], [0, 3600, 86400, 87246, 87247, 87248, 87249, 90000])
    chance = random.Random(61)
    days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
    lines = []
    for _ in range(20):
        start, stop = ('%02d:%02d' % (chance.randrange(24), chance.randrange(60)) for _ in range(2))
        lines.append('--timestart %s --timestop %s --weekdays %s%s%s' % (start, stop, ','.join(chance.sample(days, 3)), chance.choice(('', ' --monthdays %s' % ','.join(map(str, sorted(chance.sample(range(1, 32), 16)))))), ' --contiguous' if stop < start else ''))
    one('random, seed 61', thursday, lines, sorted(chance.randrange(60 * 86400) for _ in range(120)))


# ---- connections --------------------------------------------------------------------------------------------------
def open_tcp(start, port):
    return [[start, tcp('S', port)], [start + 1, back('S.', port), 't1'], [start + 2, tcp('.', port, 101, 501)]]


def ctexpire():
    ranges = ('30', '29', '25:29', '0:10', '0', '100:120', '55:65', '1000:500000')
    lines = ['-m conntrack --ctexpire ' + one for one in ranges] + ['-m conntrack ! --ctexpire 25:29']
    error = 'icmp 10.0.1.9 > 10.0.0.5 port-unreachable (%s)' % udp()
    # An unconfirmed connection's time is measured against the time since boot, once that is over a few minutes.
    one = lambda name, steps, **more: case('conntrack', name, lines, steps, uptime=600, **more)
    asked = lambda moments: [[moment, error, 't1'] for moment in moments]
    reply = udp('10.0.1.9', '10.0.0.5', 53, 1000)
    one('ctexpire: a datagram nobody answers', [[1, udp()], [2, udp()]] + asked(edges(2, 252, 2 + 5 * S, 2 + 6 * S, 2 + 20 * S, 2 + 29 * S)[2:] + edges(2 + 30 * S)) + [[9000, udp()], [9001, udp()]])
    one('ctexpire: a stream of datagrams', [[1, udp()], [2, reply, 't1'], [3, udp()], [400, udp()]] + asked([401, 650, 651]) + [[700, udp()], [701, reply, 't1']] + asked(edges(701 + 250, 701 + 20 * S, 701 + 60 * S, 701 + 110 * S, 701 + 120 * S)))
    one('ctexpire: TCP through its states', open_tcp(1, 1000) + [[10, tcp('F.', 1000, 101, 501)], [11, back('.', 1000, 501, 102), 't1'], [12, back('F.', 1000, 501, 102), 't1'], [13, tcp('.', 1000, 102, 502)], [14, tcp('S', 1001)], [15, back('R.', 1001, 0, 101), 't1'], [16, tcp('S', 1002)],
         [16 + 120 * S, tcp('S', 1002)], [16 + 240 * S, tcp('S', 1002)], [16 + 240 * S + 1, back('S.', 1002), 't1'], [16 + 300 * S, tcp('.', 1002, 101, 501)], [16 + 3000 * S, tcp('.', 1002, 101, 501)]])
    one('ctexpire: settings of the host', [[1, udp()], [2, udp()]] + asked(edges(2 + 250, 2 + 1750)), sysctl={'net.netfilter.nf_conntrack_udp_timeout': 7})


def connlimit():
    def both(name, lines, steps, fast=None, **more):
        case('connlimit', name, ['-m connlimit ' + line for line in lines], steps, **more)
        if fast:
            case('connlimit', name + ', in 6.18', ['-m connlimit ' + line for line in lines], fast, kind='here', **more)

    counts = ['--connlimit-above %d' % n for n in range(5)]
    steps = [step for n in range(4) for step in open_tcp(1 + 10 * n, 1000 + n)]
    closed = [[50, tcp('F.', 1000, 101, 501)], [51, back('F.', 1000, 501, 102), 't1'], [52, tcp('.', 1000, 102, 502)], [60, tcp('S', 1010)], [61, tcp('R', 1001, 101)], [70, tcp('S', 1011)], [71, tcp('S', 1012)], [72, tcp('.', 1002, 101, 501)], [73, tcp('S', 1013)]]
    both('TCP connections that close', counts, steps + closed, steps + closed)
    both('at most 2, the rest is dropped', ['--connlimit-above 2 -j DROP', '--connlimit-upto 2', '--connlimit-upto 1'], steps + closed, steps + closed)
    last = open_tcp(1, 1000) + [[9, tcp('F.', 1000, 101, 501)], [10, back('F.', 1000, 501, 102), 't1'], [11, tcp('.', 1000, 102, 502)], [12, tcp('.', 1000, 102, 502)], [40, tcp('S', 1001)]]
    both('the last connection closes', counts[:2] + ['--connlimit-upto 0', '--connlimit-upto 5'], last, last)
    refused = [[n, tcp('S', port)] for n, port in ((1, 1000), (2, 1001), (3, 1002), (4, 1000), (5, 1001), (6, 1003), (6, 1003), (7, 1003), (7, 1000), (7, 1002), (8, 1000), (8, 1000), (20, 1001))]
    both('what was refused is forgotten', ['--connlimit-above 2 -j DROP', '--connlimit-above 1'], refused, refused)
    late = [[1, tcp('S', 1000)], [2, back('S.', 1000), 't1'], [3, tcp('.', 1000, 101, 501)], [4, tcp('S', 1001)], [5, tcp('.', 1000, 101, 501)], [6, udp()], [7, udp()], [8, tcp('.', 1000, 101, 501)], [9, tcp('S', 1001)]]
    case('connlimit', 'a rule that does not see the first packets', ['-p tcp --syn -j ACCEPT', '-m connlimit --connlimit-above 0', '-m connlimit --connlimit-above 1'], late)
    case('connlimit', 'a rule that does not see the first packets, in 6.18', ['-p tcp --syn -j ACCEPT', '-m connlimit --connlimit-above 0', '-m connlimit --connlimit-above 1'], late, kind='here')
    same = [[1, udp()]] * 4 + [[1, udp(sport=1001)]] * 3 + [[2, udp(sport=1001)]] * 3 + [[2, udp()]]
    both('one connection several times in a tick', counts, same, same)
    bad = back('SF', 1000)
    invalid = [[1, tcp('S', 1000)]] + [[1, bad, 't1']] * 3 + [[2, bad, 't1'], [3, back('S.', 1000), 't1'], [4, tcp('.', 1000, 101, 501)], [5, bad, 't1'], [5, bad, 't1'], [9, back('.', 1000, 501, 101), 't1'], [9, bad, 't1'], [10, back('SF', 1007), 't1'], [10, back('SF', 1007), 't1'], [11, back('SF', 1007), 't1']]
    case('connlimit', 'invalid packets of a connection, in 6.18', ['-m connlimit ' + one for one in counts], invalid, kind='here')
    crowd = [[1 + n // 30, udp(sport=2000 + n)] for n in range(150)] + [[30, udp(sport=2003)], [31, udp(sport=9000)]]
    both('more than 64 at once', ['--connlimit-above %d' % n for n in (20, 63, 64, 65, 100, 128)] + ['--connlimit-above 80 -j DROP'], crowd, crowd)
    many = [[n * 5, udp('10.0.0.%d' % (5 + n % 4), sport=1000 + n)] for n in range(1, 13)]
    later = lambda life: [[60 + life * S // 2, udp('10.0.0.5', sport=1004)]] + [[60 + life * S + 60 + 9 * n, udp('10.0.0.%d' % (5 + n % 4), sport=2000 + n)] for n in range(6)]
    masks = ['--connlimit-above 2', '--connlimit-above 4 --connlimit-mask 31', '--connlimit-above 10 --connlimit-mask 0', '--connlimit-above 5 --connlimit-daddr', '! --connlimit-upto 3 --connlimit-mask 30']
    both('datagrams time out', masks, many + later(30))
    case('connlimit', 'datagrams time out, in 6.18', ['-m connlimit ' + line for line in masks], many + later(3), kind='here', sysctl={'net.netfilter.nf_conntrack_udp_timeout': 3})
    for seed in (71, 72, 73):
        chance = random.Random(seed)
        now, steps = 1, []
        for _ in range(60):
            now += chance.choice((1, 2, 3, 20, 100))
            port, source = 1000 + chance.randrange(6), chance.choice(('10.0.0.5', '10.0.0.6'))
            kind = chance.choice('SSSAFRU')
            steps.append([now, udp(source, sport=port) if kind == 'U' else tcp({'S': 'S', 'A': '.', 'F': 'F.', 'R': 'R'}[kind], port, 100 if kind == 'S' else 101, 0 if kind in 'SR' else 501, source)])
            if kind == 'S' and chance.random() < 0.7:
                now += 1
                steps.append([now, back('S.', port, destination=source), 't1'])
        lines = ['-m connlimit --connlimit-above %d%s' % pair for pair in ((1, ''), (2, ' -j DROP'), (3, ' --connlimit-mask 24'), (6, ' --connlimit-daddr'))]
        settings = {'net.netfilter.nf_conntrack_udp_timeout': 2, 'net.netfilter.nf_conntrack_tcp_timeout_syn_sent': 3, 'net.netfilter.nf_conntrack_tcp_timeout_time_wait': 1, 'net.netfilter.nf_conntrack_tcp_timeout_close': 2}
        case('connlimit', 'random, seed %d, in 6.18' % seed, lines, steps, kind='here', sysctl=settings)


# ---- rateest, IDLETIMER -------------------------------------------------------------------------------------------
def rateest():
    def one(name, interval, ewma, thresholds, steps, unit='pps'):
        lines = ['-j RATEEST --rateest-name e --rateest-interval %s --rateest-ewmalog %s' % (interval, ewma)]
        case('rateest', name, lines + ['-m rateest --rateest e --rateest-gt --rateest-%s %s' % (unit, value) for value in thresholds], steps)

    levels = [0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40, 50, 75, 100]
    steady = [1 + 10 * n for n in range(100)] + [1100, 1200, 1400, 1700, 2000, 3000, 6000]
    one('250 ms, averaged over 1 s', '250ms', '1s', levels, at(steady))
    one('1 s, averaged over 4 s', '1s', '4s', levels, at(steady))
    one('8 s, averaged over a minute', '8s', '60s', levels, at([1 + 100 * n for n in range(80)] + [9000, 10000, 12000, 20000, 60000]))
    one('bits, 500 ms over 2 s', '500ms', '2s', ['%dbit' % (n * 800) for n in (0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80)], [[1 + 12 * n, udp(more='len %d' % (n * 37 % 500))] for n in range(90)] + at([1200, 1300, 1500, 2500]), 'bps')
    one('random, seed 81', '250ms', '2s', levels, walk(81, 120, [(6, 0, 15), (2, 15, 120), (1, 200, 900)], [udp()]))
    case('rateest', 'two estimators', ['-p udp --dport 53 -j RATEEST --rateest-name e --rateest-interval 250ms --rateest-ewmalog 1s', '-p udp --dport 54 -j RATEEST --rateest-name f --rateest-interval 500ms --rateest-ewmalog 1500ms',
         '-m rateest --rateest1 e --rateest-lt --rateest2 f --rateest-pps', '-m rateest --rateest1 e --rateest-gt --rateest2 f --rateest-pps', '-m rateest --rateest1 e --rateest-eq --rateest2 f --rateest-pps', '-m rateest --rateest-delta --rateest1 e --rateest-pps1 20 --rateest-gt --rateest2 f --rateest-pps2 15'],
         walk(82, 120, [(6, 0, 15), (2, 15, 120), (1, 200, 900)], [udp(), udp(), udp(dport=54)]))


def idletimer():
    def one(name, label, seconds, steps, more=''):
        path = '/sys/class/xt_idletimer/timers/' + label
        case('IDLETIMER', name, ['-p udp -j IDLETIMER --timeout %d --label %s%s' % (seconds, label, more)], [[step, path] if isinstance(step, int) else step for step in steps])

    one('runs out', 'golden1', 10, [1, 249, 250, 251, 1250, 2249, 2250, 2251, 2499, 2500, 2501, 5000])
    one('a packet starts it again', 'golden2', 5, [1, 600, [601, udp()], 602, 850, 851, 852, [1000, tcp('S')], 1001, [1100, udp()], [1200, udp()], 1201, 2448, 2449, 2450, 2451, 3000, [4000, udp()], 4001, 5251])
    one('an hour', 'golden3', 3600, [1, 2 * MINUTE, [10 * MINUTE, udp()], 10 * MINUTE + 1, 60 * MINUTE, 70 * MINUTE - 1, 70 * MINUTE, 70 * MINUTE + 1])
    one('an alarm', 'golden4', 5, [10, 600, [601, udp()], 700, 1700, 1900, [2500, udp()], 2600, 5000], ' --alarm')


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
    for make in (limit, recent, hashlimit, counted, times, ctexpire, connlimit, rateest, idletimer):
        make()
    if len(sys.argv) > 2:
        merge([json.loads(line) for line in open(sys.argv[2])], sys.argv[3])
    else:
        for one in CASES:
            if one['kind'] == sys.argv[1]:
                print(json.dumps(one))
