# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people at home, each behind a router that translates addresses: libnice finds a way, or they are told that there is none."""

import contextlib
import unittest

from lab import HOME_A, HOME_B, OUTER_A, OUTER_B, SERVER, STUN, Call, check_call, host_of, turn_server, two_nats, wait_given_back
from netns import Lab, NoNames
from procs import folder
from tap import main

ADDRESS = f'{OUTER_B}:7667'


class Direct (unittest.TestCase):
    def test_port_restricted (self):
        """A3: Behind routers that keep a port for all peers, STUN suffices: straight through, and who was on the path are the routers."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            with turn_server (net) as turn, \
                 Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun]) as call:
                check_call (self, call, 'direct through two NATs', relayed=False)
                seen_by_a, seen_by_b = call.paths ()
                self.assertEqual (host_of (seen_by_a['remote']), OUTER_B)
                self.assertEqual (host_of (seen_by_b['remote']), OUTER_A)
                self.assertIn (host_of (seen_by_a['local']), (HOME_A, OUTER_A))
                self.assertIn (host_of (seen_by_b['local']), (HOME_B, OUTER_B))

    def test_direct_is_preferred (self):
        """N12, A3: With a relay at hand the call still goes straight where that is possible, and the relay is given back."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            with turn_server (net) as turn:
                with Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun, '--turn', turn.url]) as call:
                    check_call (self, call, 'direct, with a relay at hand', relayed=False)
                wait_given_back (turn)


class Relayed (unittest.TestCase):
    def test_symmetric (self):
        """N12, A3: Behind routers with another port for every peer only the relay works: it carries the call, and gets back what it gave."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab, symmetric=True)
            with turn_server (net) as turn:
                with Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun, '--turn', turn.url]) as call:
                    check_call (self, call, 'relayed between symmetric NATs', relayed=True)
                print (f'{wait_given_back (turn)} relay allocations, all given back')

    def test_one_relay (self):
        """A3: It suffices that one of the two has a relay."""
        for side in ('caller', 'callee'):
            with self.subTest (side=side), Lab () as lab, folder () as home:
                net = two_nats (lab, symmetric=True)
                with turn_server (net) as turn:
                    with Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun],
                               **{side + '_words': ['--turn', turn.url]}) as call:
                        check_call (self, call, f'only the {side} has a relay', relayed=True)
                    wait_given_back (turn)

    def test_by_name (self):
        """A3: STUN and TURN servers that are given by name are looked up, by UDP and by TCP; the relay carries the call."""
        with Lab () as lab:
            net = two_nats (lab, symmetric=True)
            for host in (net.host_a, net.host_b):
                host.know_hosts ({'relay.example': SERVER})
            with turn_server (net) as turn:
                for transport in ('udp', 'tcp'):
                    url = turn.url.replace (SERVER, 'relay.example') + '?transport=' + transport
                    with self.subTest (transport=transport), folder () as home, \
                         Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', f'stun://relay.example:{STUN}', '--turn', url]) as call:
                        check_call (self, call, f'a relay by name, {transport}', relayed=True)
                wait_given_back (turn)

    def test_direct_takes_over (self):
        """A3: Pictures come by the relay while one router lets nothing through; when it does, the call goes straight by itself, and goes on."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            block = f'PREROUTING -p udp -s {OUTER_B} -d {OUTER_A} -j DROP'
            net.router_a.iptables ('-t mangle -I ' + block)
            with turn_server (net) as turn, \
                 Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun, '--turn', turn.url]) as call:
                call.wait (lambda program: program.wait_event ('first-frame'))
                self.assertEqual ([path['relayed'] for path in call.paths ()], [True, True], call.told ())
                net.router_a.iptables ('-t mangle -D ' + block)
                call.wait (lambda program: program.wait_event ('path', relayed=False))
                seen = max (call.frames ())
                call.wait_seen (seen + 15)
                check_call (self, call, 'a relay first, then direct', relayed=False)
                for program in call.both:
                    self.assertEqual (program.named ('state', state='reconnecting') + program.named ('network'), [], call.told ())


class Nothing (unittest.TestCase):
    def refused_udp (self, *routers):
        for router in routers:
            router.iptables ('-I FORWARD -p udp -j DROP')

    def test_no_path (self):
        """A3: Where no UDP passes and there is no relay, both are told within a bounded time what each can do: status 7."""
        words = {'caller': 'your network seems to stop UDP', 'callee': 'One of you needs a relay (TURN).'}
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            self.refused_udp (net.router_a)
            with turn_server (net) as turn, \
                 Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun]) as call:
                begun = call.caller.wait_event ('state')['mono_ns']
                for program in call.both:
                    self.assertEqual (program.wait (7, timeout=60), 7)
                    ended = program.wait_event ('ended')
                    self.assertEqual ((ended['reason'], ended['graceful']), ('media', False), call.told ())
                    self.assertIn (words[program.name], ended['error'], call.told ())
                    lines = [line for _, source, line in program.log if source == 'err' and line]
                    self.assertEqual (len (lines), 1, call.told ())
                    self.assertTrue (lines[0].endswith ('.') and lines[0][0].isupper (), lines)
                    print (f"{program.name}, after {(ended['mono_ns'] - begun) / 1e9:.1f} s: {lines[0]}")

    def test_relay_by_tcp (self):
        """A3: Where no UDP passes, a relay that is reached by TCP carries the call."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            self.refused_udp (net.router_a, net.router_b)
            with turn_server (net) as turn:
                with Call (home, net.host_a, net.host_b, ADDRESS, words=['--turn', turn.url + '?transport=tcp']) as call:
                    check_call (self, call, 'relayed, by TCP', relayed=True)
                wait_given_back (turn)

    def test_wrong_password (self):
        """A3: A relay that refuses us, where only a relay would do, ends as no relay does: status 7."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab, symmetric=True)
            with turn_server (net) as turn, \
                 Call (home, net.host_a, net.host_b, ADDRESS, words=['--turn', turn.url.replace ('visavis@', 'wrong@')]) as call:
                for program in call.both:
                    program.wait (7, timeout=60)
                    self.assertIn ('your relay (TURN) refuses the user name or the password', program.wait_event ('ended')['error'])

    def test_relay_only_in_vain (self):
        """A3: Who goes by relay only is told at once what is wrong with it: a password, an address, no UDP to it."""
        for word, change in (('refuses the user name', ('visavis@', 'wrong@')), ('does not answer', (':3478', ':9'))):
            for transport in ('udp', 'tcp') if word.startswith ('refuses') else ('udp',):
                with self.subTest (change=change, transport=transport), Lab () as lab, folder () as home:
                    net = two_nats (lab)
                    with turn_server (net) as turn, \
                         Call (home, net.host_a, net.host_b, ADDRESS,
                               caller_words=['--relay-only', '--turn', f'{turn.url.replace (*change)}?transport={transport}']) as call:
                        begun = call.caller.wait_event ('state', state='connecting')['mono_ns']
                        call.caller.wait (7, timeout=60)
                        ended = call.caller.wait_event ('ended')
                        self.assertIn (word, ended['error'], call.told ())
                        self.assertEqual ('if a firewall stops UDP' in ended['error'], (word, transport) == ('does not answer', 'udp'))
                        print (f"{word}, {transport}: after {(ended['mono_ns'] - begun) / 1e9:.1f} s", flush=True)

    def test_no_such_name (self):
        """A3: A relay or a STUN server whose name does not exist is told as that, and one whose name nobody can be asked about as that: neither
        is said to be silent."""
        for words, server in ((['--relay-only', '--turn', 'turn://a:b@relay.invalid:3478'], 'relay (TURN)'),
                              (['--stun', 'stun://relay.invalid'], 'STUN server')):
            for known in (True, False):
                with self.subTest (server=server, known=known), contextlib.ExitStack () as stack:
                    lab, home = stack.enter_context (Lab ()), stack.enter_context (folder ())
                    net = two_nats (lab, symmetric=True)
                    net.host_a.ask_names_at (SERVER)
                    if known:
                        stack.enter_context (NoNames (net.public, SERVER))
                    with Call (home, net.host_a, net.host_b, ADDRESS, caller_words=words) as call:
                        call.caller.wait (7, timeout=60)
                        error = call.caller.wait_event ('ended')['error']
                    what = 'is not known. Check its spelling' if known else 'cannot be looked up at the moment'
                    self.assertIn (f'the name of your {server} {what}', error, call.told ())
                    print (error, flush=True)

    def test_dead_servers (self):
        """Servers that do not answer hold up nobody who can do without them."""
        with Lab () as lab, folder () as home:
            net = lab.two_hosts ()
            net.host_a.route_by ('10.9.0.2')
            net.host_b.route_by ('10.9.0.1')
            words = ['--stun', 'stun://192.0.2.1:3478', '--turn', 'turn://a:b@192.0.2.1:3478']
            with Call (home, net.host_a, net.host_b, '10.9.0.2:7667', words=words) as call:
                check_call (self, call, 'with dead servers', relayed=False)


if __name__ == '__main__':
    main ()
