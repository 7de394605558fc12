# SPDX-License-Identifier: LGPL-2.1-or-later
"""A screen in the place of the camera: a node of PipeWire, as the desktop's portal hands one out, arrives as it is."""

import contextlib
import functools
import unittest

from lines import until
from procs import cli, folder
from room import Person, Recorder, Room, bars_off
from sound import things
from tap import main

PICTURE = {'width': 1280, 'height': 720}
SCREEN = {'width': 1920, 'height': 1080}


class Screen (unittest.TestCase):
    @contextlib.contextmanager
    def call (self, media='test'):
        """Somebody with a test picture calls the recorder, and both are up. The call ends in order with the block, and each time that something was
        shared was ended once."""
        with folder () as home, Room () as room, Recorder (home) as recorder, \
             Person (home, recorder.address, media=media, env=room.env) as person:
            recorder.wait_event ('active')
            yield room, person, recorder
            person.do ('hang-up')
            person.wait (0)
            self.assertEqual (recorder.wait_event ('ended')['graceful'], 'yes')
            recorder.stop ()
            begun = person.named ('done', command='share') + person.named ('done', command='share-nothing')
            self.assertEqual (len (person.named ('sharing-ended')), len (begun) - len (person.named ('refused')))
            self.pictures = recorder.pictures ()

    @staticmethod
    def share (person, recorder, node, size=None):
        """Until it is seen: the first picture after a change may be of a moment before."""
        mark = recorder.mark ()
        person.do ('share', node)
        for _ in range (3):
            recorder.wait_event ('kept', since=mark, **(size or SCREEN))
            mark = recorder.mark ()
        assert recorder.named ('peer-sharing')[-1]['value'] == 'yes', recorder.transcript ()

    def assert_back (self, person, recorder, mark):
        recorder.wait_event ('peer-sharing', since=mark, value='no')
        recorder.wait_event ('kept', since=mark, **PICTURE)
        self.assertEqual (person.named ('ended'), [])

    def test_shared (self):
        """The screen arrives whole and made to fit, with the other side told; then the picture before comes back."""
        with self.call () as (room, person, recorder), room.screen () as screen:
            recorder.wait_event ('kept', **PICTURE)
            self.share (person, recorder, screen.node)
            mark = recorder.mark ()
            person.do ('unshare')
            self.assertEqual (person.wait_event ('sharing-ended')['error'], '')
            self.assert_back (person, recorder, mark)
        shown = [picture for picture in self.pictures if picture.width == SCREEN['width']]
        off = [round (bars_off (picture)) for picture in shown]
        print (f'bars of colour of the screen, off by at most {off} of 255')
        self.assertLess (max (off[1:]), 32)
        self.assertGreater (bars_off (self.pictures[-1]), 64)

    def test_listed (self):
        """A screen that is cast is no camera, for us or by another program."""
        with folder () as home, Room () as room, room.screen (), room.camera ('blue', description='Blue Camera'), \
             cli (home, 'devices', media=None, env=room.env) as program:
            program.wait (0)
            self.assertEqual ([event['name'] for event in program.named ('device', kind='camera')], ['Blue Camera'])

    def test_camera (self):
        """The camera is given back while the screen is shared, and taken again afterwards, unless it is off: then the screen is seen all the same."""
        with self.call (media='auto') as (room, person, recorder), room.camera ('blue'), room.screen () as screen:
            opened = functools.partial (room.nodes, media_class='Stream/Input/Video')
            # of the camera's shape: how large it is on a busy computer is not what this shows
            recorder.wait_event ('kept', lambda e: e['width'] * 3 == e['height'] * 4)
            self.assertEqual ((len (opened ()), opened (media_role='Screen')), (1, []))
            self.share (person, recorder, screen.node)
            until (lambda: len (opened ()) == 1 == len (opened (media_role='Screen')), 'the camera is given back')
            person.do ('unshare')
            until (lambda: len (opened ()) == 1 and opened (media_role='Screen') == [], 'the camera is taken again')
            person.do ('stop', 'video-out')
            until (lambda: opened () == [], 'the camera is given back')
            self.share (person, recorder, screen.node)
            mark = recorder.mark ()
            person.do ('unshare')
            recorder.wait_event ('peer-sharing', since=mark, value='no')
            until (lambda: opened () == [], 'the screen is given back')

    def test_stands_still (self):
        """A screen on which hardly anything moves is sent steadily, so that who looks sees it soon and gets key frames."""
        with self.call () as (room, person, recorder), room.screen (fps=1) as screen:
            self.share (person, recorder, screen.node)

    def test_gone (self):
        """The desktop takes the screen away: the picture before comes back by itself, without an error."""
        with self.call () as (room, person, recorder), room.screen () as screen:
            self.share (person, recorder, screen.node)
            mark = recorder.mark ()
            screen.kill ()
            self.assertEqual (person.wait_event ('sharing-ended')['error'], '')
            self.assert_back (person, recorder, mark)

    def test_server_gone (self):
        """PipeWire itself goes: sharing ends, the call does not."""
        with self.call () as (room, person, recorder), room.screen () as screen:
            self.share (person, recorder, screen.node)
            mark = recorder.mark ()
            room.kill_servers ()
            self.assertEqual (person.wait_event ('sharing-ended')['error'], '')
            self.assert_back (person, recorder, mark)

    def test_hold (self):
        """W15: Hold ends sharing: whoever comes back from it shows the picture before. On hold nothing can be shared."""
        with self.call () as (room, person, recorder), room.screen () as screen:
            self.share (person, recorder, screen.node)
            mark = recorder.mark ()
            person.do ('held', '1')
            person.wait_event ('sharing', value='no')
            person.do ('share', screen.node)
            self.assertIn ('only while a call runs', person.wait_event ('refused')['error'])
            person.do ('held', '0')
            self.assert_back (person, recorder, mark)

    def test_other (self):
        """Another screen takes the place of the one that is shared; who hangs up gives it back."""
        with self.call () as (room, person, recorder), room.screen () as screen, \
             room.screen ('red', name='other', width=800, height=600) as other:
            self.share (person, recorder, screen.node)
            self.share (person, recorder, other.node, size={'width': 800, 'height': 600})
            self.assertEqual (len (person.named ('sharing-ended')), 1)

    def test_few_buffers (self):
        """A desktop that has few buffers for its pictures, as KWin has two to four, can share its screen: we ask for four at least. (GStreamer asks for
        eight if not told, and PipeWire finds no number that suits both.)"""
        with self.call () as (room, person, recorder), room.screen () as screen:
            self.share (person, recorder, screen.node)
            node, = room.nodes (media_role='Screen')
            ports = [thing['info'] for thing in things (room.run (['pw-dump'])) if thing['type'] == 'PipeWire:Interface:Port']
            asked = [buffers['buffers'] for port in ports if port['props']['node.id'] == node for buffers in port['params'].get ('Buffers', ())]
            print (f'buffers asked for: {asked}')
            self.assertEqual ([buffers['min'] for buffers in asked], [4])

    def test_nonsense (self):
        """What is no connection to PipeWire, and a node that is not there, are told as errors; nobody sees anything of it."""
        with self.call () as (room, person, recorder):
            for command in (['share-nothing'], ['share', '4000000000']):
                mark = person.mark ()
                person.do (*command)
                self.assertIn ('cannot be shared', person.wait_event ('sharing-ended', since=mark)['error'])
            recorder.wait_event ('kept', since=recorder.mark (), **PICTURE)
            self.assertEqual (recorder.named ('peer-sharing'), [])
            self.assertEqual (person.named ('sharing'), [])


if __name__ == '__main__':
    main ()
