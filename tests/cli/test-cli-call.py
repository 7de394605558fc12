# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls between two visavis-cli, over the real path."""

import base64
import shutil
import socket
import statistics
import subprocess
import time
import unittest

from lines import answer, call, descriptors, is_active, listener, port_of, sentence, states, until
from procs import PATIENCE, Gone, cli, folder, thread_names
from tap import main


class Oneself (unittest.TestCase):
    def test_call_to_oneself (self):
        """W6: A call to oneself travels the whole path: pictures at full rate and sound, two halves, a graceful end."""
        with folder () as home, call (home, '', '--duration', '5') as program:
            program.wait (0)
            ends = program.named ('ended')
            self.assertEqual ([e['graceful'] for e in ends], [True, True])
            values = {e['value'] for e in ends}
            self.assertEqual (len (values), 2)
            self.assertEqual (len (program.named ('request')), 1)
            self.assertEqual (program.named ('listening'), [])
            for value in values:
                with self.subTest (value=value):
                    self.check_half (program, value)

    def check_half (self, program, value):
        self.assertIn ('active', states (program, value))
        self.assertEqual (states (program, value)[-1], 'ended')
        self.assertGreater (program.wait_event ('first-frame', value=value)['ms'], 0)
        self.assertGreater (program.wait_event ('first-sound', value=value)['ms'], 0)
        stats = program.named ('stats', value=value)[1:]
        self.assertGreaterEqual (len (stats), 3, program.transcript ())
        seconds = stats[-1]['time'] - stats[0]['time']
        fps = (stats[-1]['video_in']['frames'] - stats[0]['video_in']['frames']) / seconds
        self.assertGreaterEqual (fps, 10 if PATIENCE <= 1 else 5)  # the bench has the figure itself
        self.assertGreater (statistics.median (s['audio_in']['level_db'] for s in stats), -60)

    def test_events (self):
        """W9: Every event has its name, its times and its call's number; the clock goes forward."""
        with folder () as home, call (home, '', '--duration', '2') as program:
            program.wait (0)
            last = 0
            for event in program.events:
                self.assertGreaterEqual (event['mono_ns'], last)
                last = event['mono_ns']
                self.assertGreaterEqual (event['time'], 0)
                self.assertTrue (0 < event['value'] < 2 ** 53)
            path = program.wait_event ('path')
            self.assertFalse (path['relayed'])
            stats = program.wait_event ('stats')
            self.assertEqual (set (stats) - {'event', 'time', 'mono_ns', 'value'},
                              {'rtt_ms', 'loss', 'video_in', 'video_out', 'audio_in', 'audio_out', 'cpu', 'rss_mb'})
            self.assertEqual (set (stats['video_in']), {'fps', 'width', 'height', 'kbps', 'frames', 'freezes',
                                                        'freeze_ms', 'latency_ms'})
            self.assertEqual (set (stats['video_out']), {'fps', 'width', 'height', 'kbps', 'target_kbps'})
            self.assertEqual (set (stats['audio_in']), {'kbps', 'concealed', 'level_db'})
            self.assertEqual (set (stats['audio_out']), {'kbps', 'level_db'})

    def test_words (self):
        """Without --json a person can read what happens."""
        with folder () as home, call (home, '', '--duration', '1', json_lines=False) as program:
            program.wait (0)
            program.wait_line ('In the call')
            program.wait_line ('is over')


class Late (unittest.TestCase):
    def test_accepted_late (self):
        """A3: A stranger rings for longer than a path is looked for, 6 s, and is accepted then: the search begins with that."""
        with folder () as home, answer (home / 'b', '--ask', '--calls', '1', stdin=True) as callee, \
             call (home, callee.address, '--duration', '1') as caller:
            rang = caller.wait_event ('state', state='ringing')['mono_ns']
            until (lambda: time.clock_gettime_ns (time.CLOCK_MONOTONIC) - rang > 8e9, 'longer than any check')
            callee.write_line ('accept')
            callee.wait (0)
            caller.wait (0)


class Threads (unittest.TestCase):
    def test_in_a_call (self):
        """A call with picture and sound both ways takes at most 45 threads in each program."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee, call (home / 'a', callee.address) as caller:
            for program in (caller, callee):
                program.wait_event ('first-frame')
                program.wait_event ('first-sound')
                program.wait_event ('stats')
            counts = {program.name: program.threads () for program in (caller, callee)}
            for program in (caller, callee):
                self.assertLessEqual (counts[program.name], 45, thread_names (program.pid))
            caller.stop (status=0)
        print (f'threads in a call: {counts}')


class Twenty (unittest.TestCase):
    def test_twenty_calls (self):
        """N12, R6: Twenty calls in a row to one program: all graceful, and it keeps no descriptor and no thread of them."""
        first_frames, counts = [], []
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '20') as callee:
            for number in range (1, 21):
                with call (home / 'a', callee.address) as caller:
                    first_frames.append (caller.wait_event ('first-frame')['ms'])
                    caller.stop (status=0)
                    until (lambda: len (callee.named ('ended')) == number, 'the end of the call')
                if 3 <= number < 20:
                    counts.append ((callee.descriptors (), callee.threads ()))
                if number == 19:
                    settled = min (counts[:3])
                    try:
                        until (lambda: callee.descriptors () <= settled[0] and callee.threads () <= settled[1],
                               f'no growth: {counts}', 15)
                    except Gone as error:
                        self.fail (f'{error}\n{descriptors (callee.pid)}\n{thread_names (callee.pid)}')
            callee.wait (0)
            self.assertEqual ([e['graceful'] for e in callee.named ('ended')], [True] * 20)
        first_frames.sort ()
        print (f'first frame: median {first_frames[10]} ms, p95 {first_frames[18]} ms; descriptors, threads: {counts}')


class Data (unittest.TestCase):
    def test_both_ways (self):
        """Data travels with the request, the answer and both goodbyes."""
        with folder () as home, \
             answer (home / 'b', '--anyone', '--data', 'come in', '--bye-data', 'farewell', '--calls', '1') as callee, \
             call (home / 'a', callee.address, '--data', 'knock', '--bye-data', 'thanks', '--identifier', 'Zoë',
                   '--duration', '0.5') as caller:
            caller.wait (0)
            callee.wait (0)
            request = callee.wait_event ('request')
            self.assertEqual ((request['data'], request['name'], request['trust']), ('knock', 'Zoë', 'unknown'))
            self.assertEqual (set (request['offer']), {'audio', 'video'})
            self.assertEqual (caller.wait_event ('answer-data')['data'], 'come in')
            self.assertEqual (caller.wait_event ('goodbye-sent')['data'], 'thanks')
            self.assertEqual (callee.wait_event ('closing')['data'], 'thanks')
            self.assertEqual (callee.wait_event ('goodbye-sent')['data'], 'farewell')
            self.assertEqual (caller.wait_event ('ended')['data'], 'farewell')
            self.assertEqual (callee.wait_event ('ended')['data'], 'thanks')
            self.assertTrue (callee.wait_event ('closed'))

    def test_bytes_of_a_file (self):
        """N3: @FILE sends a file's bytes as they are, up to 64 KiB; what is not UTF-8 comes as base64."""
        with folder () as home:
            everything = bytes (range (256)) * 256
            (home / 'bytes').write_bytes (everything)
            with answer (home / 'b', '--anyone', '--data', f'@{home}/bytes', '--calls', '1') as callee, \
                 call (home / 'a', callee.address, '--data', f'@{home}/bytes', '--duration', '0.2') as caller:
                caller.wait (0)
                self.assertEqual (base64.b64decode (callee.wait_event ('request')['data']['base64']), everything)
                self.assertEqual (base64.b64decode (caller.wait_event ('answer-data')['data']['base64']), everything)


class Decision (unittest.TestCase):
    def test_reject (self):
        """N2, N11: A program that rejects: the caller never hears ringing, gets the data, and status 3."""
        with folder () as home, answer (home / 'b', '--reject', '--data', 'not today', '--calls', '1') as callee, \
             call (home / 'a', callee.address) as caller:
            caller.wait (3)
            sentence (caller)
            self.assertNotIn ('ringing', states (caller))
            self.assertEqual (caller.wait_event ('answer-data')['data'], 'not today')
            self.assertEqual (caller.wait_event ('ended')['reason'], 'refused')
            callee.wait (3)

    def test_ask (self):
        """N2: Somebody at the terminal decides while it rings: no with a word, then yes."""
        with folder () as home, answer (home / 'b', '--ask', '--calls', '2', stdin=True) as callee:
            with call (home / 'a', callee.address) as caller:
                caller.wait_event ('state', state='ringing')
                callee.write_line ('perhaps')
                callee.wait_line ('Write “accept” or “reject”')
                callee.write_line ('reject I am cooking')
                caller.wait (3)
                self.assertEqual (caller.wait_event ('ended')['reason'], 'declined')
                self.assertEqual (caller.wait_event ('answer-data')['data'], 'I am cooking')
            with call (home / 'a', callee.address, '--duration', '0.2') as caller:
                caller.wait_event ('state', state='ringing')
                callee.write_line ('accept')
                caller.wait (0)
            callee.wait (3)

    def test_nobody_to_ask (self):
        """At the end of stdin nobody can decide: the caller is refused at once."""
        with folder () as home, answer (home / 'b', '--ask', '--calls', '1') as callee, \
             call (home / 'a', callee.address) as caller:
            caller.wait (3, timeout=10)

    def test_defer (self):
        """N2: Deferred: accepted after 3 s, and it never rang."""
        with folder () as home, answer (home / 'b', '--defer', '--calls', '1') as callee, \
             call (home / 'a', callee.address, '--duration', '0.2') as caller:
            asked = callee.wait_event ('request')['mono_ns']
            self.assertGreater (is_active (callee)['mono_ns'] - asked, 2.9e9)
            caller.wait (0)
            self.assertNotIn ('ringing', states (caller))

    def test_people (self):
        """Without a decision: strangers are refused, people who were talked to are taken, by their key."""
        with folder () as home:
            with answer (home / 'b', '--calls', '1') as callee, call (home / 'a', callee.address) as caller:
                caller.wait (3)
                self.assertEqual (caller.wait_event ('ended')['reason'], 'refused')
            with answer (home / 'b', '--anyone', '--calls', '1') as callee, \
                 call (home / 'a', callee.address, '--duration', '0.2') as caller:
                caller.wait (0)
            with answer (home / 'b', '--calls', '2') as callee:
                with call (home / 'a', callee.address, '--duration', '0.2') as caller:
                    caller.wait (0)
                self.assertEqual (callee.wait_event ('request')['trust'], 'accepted')
                with call (home / 'stranger', callee.address) as caller:
                    caller.wait (3)

    def test_by_name (self):
        """A person is called by name, once they are among one's people."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '2') as callee:
            with cli (home / 'a', 'people', 'add', 'Anna', callee.address) as program:
                program.wait (0)
            with call (home / 'a', 'Anna', '--duration', '0.2') as caller:
                caller.wait (0)
            with cli (home / 'a', 'people') as program:
                program.wait (0)
                anna = program.wait_event ('person', lambda e: e['name'] == 'Anna')
                self.assertEqual ((anna['id'], anna['trust']), (callee.id, 'accepted'))
            with call (home / 'a', 'Anna', '--duration', '0.2') as caller:
                caller.wait (0)

    def test_two_at_once (self):
        """W2: Two callers at the same time are both taken."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '2') as callee, \
             call (home / 'a', callee.address) as one, call (home / 'c', callee.address) as two:
            is_active (one)
            is_active (two)
            one.stop (status=0)
            two.stop (status=0)
            callee.wait (0)


class Addresses (unittest.TestCase):
    def test_forms (self):
        """W4, W5: IPv4, IPv6, a host name, and an id that must match all reach the same kind of program."""
        with folder () as home:
            for listen, form in (('127.0.0.1:0', '127.0.0.1:{port}'), ('[::1]:0', '[::1]:{port}'),
                                 ('127.0.0.1:0', 'localhost:{port}'), ('[::1]:0', 'localhost:{port}'),
                                 ('127.0.0.1:0', 'visavis:{id}@127.0.0.1:{port}')):
                with self.subTest (listen=listen, form=form), \
                     answer (home / 'b', '--anyone', '--calls', '1', listen=listen) as callee:
                    where = form.format (port=port_of (callee.address), id=callee.id)
                    with call (home / 'a', where, '--duration', '0.1') as caller:
                        caller.wait (0)

    def test_other_id (self):
        """W7: Another key than the address says: no call, status 6, and the called side never saw a request."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee:
            with cli (home / 'c', 'identity') as other:
                other.wait (0)
                wrong = other.wait_event ('identity')['id']
            with call (home / 'a', f'visavis:{wrong}@{callee.address}') as caller:
                caller.wait (6)
                sentence (caller)
                self.assertEqual (caller.wait_event ('ended')['reason'], 'untrusted')
            self.assertEqual (callee.named ('request'), [])

    def test_key_of_a_person_changed (self):
        """W7: A person whose address answers with another key than ever before: status 6."""
        with folder () as home:
            with answer (home / 'b', '--anyone', '--calls', '1') as callee:
                with cli (home / 'a', 'people', 'add', 'Anna', callee.address) as program:
                    program.wait (0)
                with call (home / 'a', 'Anna', '--duration', '0.1') as caller:
                    caller.wait (0)
                address = callee.address
                callee.wait (0)
            with answer (home / 'impostor', '--anyone', listen=address), call (home / 'a', 'Anna') as caller:
                caller.wait (6)
                sentence (caller)

    def test_key_of_one_of_two (self):
        """W7: Of two people added by one address the key is that of the one who was called, from then on."""
        with folder () as home:
            with answer (home / 'b', '--anyone', '--calls', '1') as callee:
                address, key = callee.address, callee.id
                for name in ('Zoe', 'Aaron'):
                    with cli (home / 'a', 'people', 'add', name, address) as program:
                        program.wait (0)
                with call (home / 'a', 'Zoe', '--duration', '0.1') as caller:
                    caller.wait (0)
                callee.wait (0)
            with cli (home / 'a', 'people') as program:
                program.wait (0)
                self.assertEqual ({event['name']: event['id'] for event in program.named ('person')}, {'Zoe': key, 'Aaron': None})
            with answer (home / 'impostor', '--anyone', listen=address), call (home / 'a', 'Zoe') as caller:
                caller.wait (6)

    def test_unreachable (self):
        """W7: Nobody listens, or the name is not known: status 4 and a sentence, and one can tell which."""
        with folder () as home:
            with listener () as (_, port):
                pass
            with call (home, f'127.0.0.1:{port}') as caller:
                caller.wait (4)
                nobody = sentence (caller)
                self.assertEqual (caller.wait_event ('ended')['reason'], 'unreachable')
            with call (home, 'nobody.invalid') as caller:
                caller.wait (4)
                unknown = sentence (caller)
            self.assertNotEqual (nobody, unknown)

    def test_not_an_address (self):
        """An address that cannot be read is a call that failed."""
        with folder () as home, call (home, 'not an address') as caller:
            caller.wait (2)
            sentence (caller)
            self.assertEqual (caller.wait_event ('state')['state'], 'failed')

    def test_silent_crowd (self):
        """300 connections that say nothing hold nobody up: a call is through within 3 s."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee:
            crowd = [socket.create_connection (('127.0.0.1', port_of (callee.address))) for _ in range (300)]
            try:
                with call (home / 'a', callee.address, '--duration', '0.2') as caller:
                    begun = caller.wait_event ('state')['mono_ns']
                    through = is_active (caller)['mono_ns']
                    self.assertLess ((through - begun) / 1e9, 3 * PATIENCE)
                    caller.wait (0)
            finally:
                for one in crowd:
                    one.close ()


class Media (unittest.TestCase):
    def talk (self, home, **medias):
        with answer (home / 'b', '--anyone', '--calls', '1', media=medias['callee']) as callee, \
             call (home / 'a', callee.address, '--duration', '2', media=medias['caller']) as caller:
            caller.wait (0)
            callee.wait (0)
            return caller, callee

    def test_no_devices (self):
        """A computer without camera, microphone and speakers can call and be called."""
        with folder () as home:
            self.talk (home, caller='auto', callee='auto')

    def test_none (self):
        """Without media of one's own one still sees and hears the other."""
        with folder () as home:
            with answer (home / 'b', '--anyone', '--calls', '1') as callee, \
                 call (home / 'a', callee.address, media='none') as caller:
                caller.wait_event ('first-frame')
                caller.wait_event ('first-sound')
                caller.stop (status=0)
                callee.wait (0)
                self.assertEqual (callee.named ('first-frame'), [])

    def test_file (self):
        """A media file is played as picture and sound."""
        if shutil.which ('gst-launch-1.0') is None:
            self.skipTest ('gst-launch-1.0 is not installed')
        with folder () as home:
            film = home / 'film.webm'
            subprocess.run (['gst-launch-1.0', '-q', 'webmmux', 'name=mux', '!', 'filesink', f'location={film}',
                             'videotestsrc', 'num-buffers=60', '!', 'video/x-raw,width=320,height=240,framerate=30/1',
                             '!', 'vp8enc', 'deadline=1', '!', 'queue', '!', 'mux.', 'audiotestsrc', 'num-buffers=90',
                             '!', 'audio/x-raw,rate=48000', '!', 'opusenc', '!', 'queue', '!', 'mux.'],
                            check=True, timeout=60)
            with answer (home / 'b', '--anyone', '--calls', '1', media=film) as callee, \
                 call (home / 'a', callee.address, media='none') as caller:
                caller.wait_event ('first-frame')
                caller.wait_event ('first-sound')
                caller.stop (status=0)
                callee.wait (0)

    def test_file_without_media (self):
        """A file that cannot be played is told, by name, and the call goes on without."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee:
            film = home / 'film.webm'
            film.write_text ('no film')
            with call (home / 'a', callee.address, media=film) as caller:
                for what in ('sound', 'picture'):
                    self.assertIn (str (film), caller.wait_line (f'no {what}'))
                caller.wait_event ('first-frame')
                caller.stop (status=0)
                callee.wait (0)

    def test_stop_and_play (self):
        """W14, W15: Flows stop and play again during a call: the pictures' count stands still, then goes on."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee, \
             call (home / 'a', callee.address, '--stop', 'video-out@2', '--play', 'video-out@8') as caller:
            stopped = is_active (caller)['mono_ns'] + 2e9

            def stands_still (stats):
                counts = [s['video_in']['frames'] for s in callee.named ('stats') if stopped < s['mono_ns'] <= stats['mono_ns']][-3:]
                return len (counts) == 3 and counts[2] - counts[0] <= 2

            still = callee.wait_event ('stats', stands_still)['video_in']['frames']
            callee.wait_event ('stats', lambda stats: stats['video_in']['frames'] > still + 10)
            caller.stop (status=0)
            callee.wait (0)

    def test_stop_incoming (self):
        """W14, W15: What one side does not want to get the other side stops sending, within seconds, and sends again when it is played."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee, \
             call (home / 'a', callee.address, '--stop', 'video-in,audio-in@3', '--play', 'video-in,audio-in@11') as caller:
            def is_sending (stats):
                return stats['video_out']['kbps'] > 5 and stats['audio_out']['kbps'] > 5

            def is_silent (stats):
                return stats['video_out']['kbps'] == 0 and stats['audio_out']['kbps'] == 0

            callee.wait_event ('stats', is_sending)
            mark = callee.mark ()
            callee.wait_event ('stats', is_silent, since=mark)  # before it is played, or never
            callee.wait_event ('stats', is_sending, since=callee.mark ())
            caller.stop (status=0)
            callee.wait (0)


if __name__ == '__main__':
    main ()
