# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several calls at once: the window lists them, and the person picks."""


from desk import AtAnnasDesk, apart, hue_of, wait_until
from procs import APP, Process, cli, folder
from tap import main


class Calls (AtAnnasDesk):
    def answering (self, name):
        """Somebody who accepts every call, known by that name."""
        home = self.enterContext (folder ())
        (home / 'settings.ini').write_text (f"[org/visavis/Visavis]\nidentifier='{name}'\nfirst-start-done=true\n")
        program = self.enterContext (cli (home, '--listen', '127.0.0.1:0', 'answer', '--anyone', name=name))
        event = program.wait_event ('listening')
        program.address, program.id = event['address'], event['id']
        return program

    def dial (self, callee):
        """As another program does that quits at once; gives the call's number."""
        home = self.enterContext (folder ())
        bus = {key: self.desk.display.env[key] for key in ('DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR')}
        with cli (home, 'dial', callee.address, env=bus, media=None) as program:
            program.wait (0)
            value = program.wait_event ('call')['value']
        callee.wait_event ('first-frame')
        return value

    def listed (self):
        """Who stands in the list, and in which state."""
        calls = self.anna.find ('Current calls', 'list')
        if calls is None:
            return {}
        rows = [[n.get_name () for n in self.anna.every (row) if n.get_role_name () == 'label']
                for row in self.anna.every (calls) if row.get_role_name () == 'list item']
        return {words[-2]: words[-1] for words in rows if len (words) > 1}

    def shows (self, program):
        """Whether that one's test picture is the large one."""
        large = self.anna.find ('Picture of the other side')
        if large is None:
            return False
        x, y, width, height = self.anna.extents (large)
        hue = self.desk.screenshot ().hue ((x + width // 4, y + height // 4, width // 2, height // 4))
        return hue is not None and apart (hue, hue_of (program.id)) < 20

    def test_list (self):
        """R10, R7: two calls begun by another program stand in the list with name and state; a click shows the one or the other, and
        a button ends just that one."""
        bob = self.answering ('Bob')
        carol = self.answering ('Carol')
        first = self.dial (bob)
        wait_until (lambda: self.shows (bob), 'Bob’s picture')
        self.assertEqual (self.listed (), {})
        second = self.dial (carol)
        wait_until (lambda: self.listed () == {'Bob': 'In the window', 'Carol': 'In the background'}, 'both calls in the list')
        self.assertNotEqual (first, second)

        self.anna.click_node (self.anna.wait_for ('Carol', 'list item'))
        wait_until (lambda: self.listed () == {'Bob': 'On hold · click to resume', 'Carol': 'In the window'}, 'Carol’s call in the window')
        if apart (hue_of (bob.id), hue_of (carol.id)) > 60:
            wait_until (lambda: self.shows (carol), 'Carol’s picture')

        mark = carol.mark ()
        self.anna.click ('End the call with Bob')
        self.assertTrue (bob.wait_event ('ended')['graceful'])
        wait_until (lambda: self.listed () == {}, 'the list to go')
        self.assertEqual (self.anna.report.wait_event ('ended')['value'], first)
        carol.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 5, since=mark)
        self.assertEqual (carol.named ('ended'), [])
        wait_until (lambda: self.shows (carol), 'Carol’s picture')
        self.anna.click ('Hang up')
        carol.wait_event ('ended', graceful=True)

    def test_other_takes_over (self):
        """R10: the other side ends the call that is shown: the window goes on with the one that is left, and tells of the end."""
        bob = self.answering ('Bob')
        carol = self.answering ('Carol')
        self.dial (bob)
        self.dial (carol)
        wait_until (lambda: 'Carol' in self.listed (), 'both calls in the list')
        bob.stop (status=0)
        self.anna.wait_text ('Call ended. Bob hung up.')
        wait_until (lambda: self.shows (carol), 'Carol’s picture')
        self.assertEqual (carol.named ('ended'), [])
        self.assertEqual (self.listed (), {})

    def test_call_while_it_rings (self):
        """A5, R10: somebody rings and waits; the person calls another one meanwhile, as a link does, and that call is made on a stream of its own."""
        bob = self.answering ('Bob')
        home = self.enterContext (folder ())
        (home / 'settings.ini').write_text ("[org/visavis/Visavis]\nidentifier='Karim'\nfirst-start-done=true\n")
        karim = self.enterContext (cli (home, 'call', self.anna.address, name='Karim'))
        self.anna.wait_for ('Karim is calling', 'dialog')
        with Process ([APP, '--profile', self.anna.profile, bob.address], name='link', env=self.desk.display.env) as link:
            link.wait (0)
        bob.wait_event ('first-frame')
        self.assertEqual (karim.named ('ended'), [])
        wait_until (lambda: self.shows (bob), 'Bob’s picture')
        karim.stop (status=1)
        self.anna.wait_gone ('Karim is calling', 'dialog')
        self.assertEqual (bob.named ('ended'), [])
        self.anna.key ('ctrl+h')
        bob.wait_event ('ended', graceful=True)


if __name__ == '__main__':
    main ()
