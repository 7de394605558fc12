# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several who call at once: the second one waits, is answered while the first is on hold, or is left."""


from desk import AtAnnasDesk, wait_until
from procs import cli, folder
from tap import main


class Callers (AtAnnasDesk):
    def calling (self, name, *words, media='none'):
        """Somebody who calls Anna with visavis-cli."""
        home = self.enterContext (folder ())
        mark = self.anna.report.mark ()
        program = self.enterContext (cli (home, 'call', self.anna.address, '--identifier', name, *words, media=media, name=name))
        self.anna.report.wait_event ('request', since=mark)
        program.wait_event ('state', state='ringing')
        return program

    def in_call (self, name):
        """Somebody who called and was answered."""
        program = self.calling (name)
        self.anna.wait_for (f'{name} is calling', 'dialog')
        self.anna.click ('Accept')
        program.wait_event ('state', state='active')
        self.anna.wait_gone (f'{name} is calling', 'dialog')
        return program

    def rows (self, title):
        """What stands in a list: the words of each row by the name in it."""
        rows = self.anna.find (title, 'list')
        if rows is None:
            return {}
        words = [self.anna.words_of (row) for row in self.anna.every (rows) if row.get_role_name () == 'list item']
        return {line[0]: line[1:] for line in words if len (line) > 1}

    def wait_rows (self, title, names):
        wait_until (lambda: list (self.rows (title)) == names, lambda: f'{names} under {title}: {self.rows (title)}')

    def state_of (self, name):
        return (self.rows ('Current calls').get (name) or [''])[0]

    def wait_held (self, program, held, since=0):
        """Whether Anna's picture reaches them."""
        program.wait_event ('stats', lambda stats: (stats['video_in']['kbps'] == 0) == held, since=since)

    def test_second_call (self):
        """A5: In a call a second caller rings and waits: answered, the first is on hold and told so; a click swaps the two; when the second hangs
        up the first is shown, still on hold, and one click resumes it."""
        bob = self.in_call ('Bob')
        carol = self.calling ('Carol')
        self.anna.wait_for ('Carol is calling', 'dialog')
        self.assertEqual (carol.named ('ended'), [])
        marks = bob.mark (), carol.mark ()
        self.anna.click ('Answer and hold')
        carol.wait_event ('state', state='active')
        wait_until (lambda: self.state_of ('Bob').startswith ('On hold') and self.state_of ('Carol') == 'In the window', self.rows)
        self.wait_held (bob, True, marks[0])

        marks = bob.mark (), carol.mark ()
        self.anna.click_node (self.anna.wait_for ('Bob', 'list item'))
        self.wait_held (carol, True, marks[1])
        self.wait_held (bob, False, marks[0])
        wait_until (lambda: self.state_of ('Carol').startswith ('On hold') and self.state_of ('Bob') == 'In the window', self.rows)

        mark = carol.mark ()
        bob.stop (status=0)
        self.anna.wait_text ('Carol is still on hold')
        self.assertEqual (self.state_of ('Carol'), 'On hold · click to resume')
        self.anna.click ('Resume', None)
        self.wait_held (carol, False, mark)
        self.anna.wait_gone ('Current calls', 'list')
        self.anna.key ('ctrl+h')
        self.assertTrue (carol.wait_event ('ended')['graceful'])

    def test_call_in_a_test (self):
        """W6, A5: Somebody calls in the middle of a test call: the card offers to accept, not to hold; then the test call is over, which is told,
        and nothing waits on hold."""
        self.anna.click ('Test call to myself')
        self.anna.report.wait_event ('state', state='active')
        bob = self.calling ('Bob')
        self.assertIsNone (self.anna.find ('Answer and hold'))
        self.anna.click ('Accept')
        wait_until (lambda: self.anna.find ('The test call is over.', backwards=True), 'the end of the test call to be told')
        bob.wait_event ('state', state='active')
        wait_until (lambda: len (self.anna.report.named ('ended')) == 2, 'both ends of the test call to end')
        self.assertEqual (self.rows ('Current calls'), {})
        self.wait_held (bob, False)

    def test_later (self):
        """A5: Left for later, a second caller goes on ringing at their side and waits in the list with what they say, until they give up; the call goes on."""
        bob = self.in_call ('Bob')
        carol = self.calling ('Carol', '--data', 'About the\\nboat')
        self.anna.click ('Later')
        self.anna.wait_gone ('Carol is calling', 'dialog')
        self.wait_rows ('Waiting for you', ['Carol'])
        self.assertIn ('Unknown: not among your people', self.rows ('Waiting for you')['Carol'][0])
        self.assertEqual (carol.named ('ended'), [])
        carol.stop ()
        self.wait_rows ('Waiting for you', [])
        self.assertEqual (bob.named ('ended'), [])

    def test_dialling_in_a_call (self):
        """A5: To call somebody in the middle of a call asks first, and then puts the call on hold."""
        bob = self.in_call ('Bob')
        home = self.enterContext (folder ())
        carol = self.enterContext (cli (home, '--listen', '127.0.0.1:0', 'answer', '--anyone', '--identifier', 'Carol', media='none'))
        address = carol.wait_event ('listening')['address']
        self.anna.click ('Show the people', None)
        mark = bob.mark ()
        self.anna.type_address (address)
        self.anna.wait_text ('Your call with Bob will wait on hold.')
        self.desk.display.key ('Return')
        carol.wait_event ('state', state='active')
        self.wait_held (bob, True, mark)
        self.anna.click ('End the call with Carol')
        carol.wait_event ('ended', graceful=True)
        self.anna.wait_text ('Bob is still on hold')

    def test_decline_with_words (self):
        """A2: Declined with a prepared sentence or one's own line: the caller reads it."""
        karim = self.desk.person ('Karim', x=1040)
        self.addCleanup (karim.close)
        karim.type_address (self.anna.address)
        self.anna.wait_for ('Karim is calling', 'dialog')
        self.anna.click ('Decline with a message', None)
        self.anna.wait_for ('Please call again later.')
        self.desk.display.key ('Tab', 'Return')
        karim.wait_text ('Anna Berg declined the call: “Please call again later.”')

        karim.click ('Call again')
        self.anna.wait_for ('Karim is calling', 'dialog')
        self.anna.click ('Decline with a message', None)
        self.anna.wait_for ('Message to the caller')
        self.desk.display.key ('Tab', 'Tab', 'Tab')
        self.desk.display.type ('At the <sea>')
        self.desk.display.key ('Return')
        karim.wait_text ('Anna Berg declined the call: “At the <sea>”')

    def test_four_wait (self):
        """A5: Four call at once: the oldest has the card, the others are listed in their order with name, trust and waiting time; each is answered or
        declined by its own buttons, and by keys."""
        programs = [self.calling (name, '--data', f'{name} here') for name in ('Bob', 'Carol', 'Dan', 'Eve')]
        bob, carol, dan, eve = programs
        self.anna.wait_for ('Bob is calling', 'dialog')
        self.wait_rows ('Waiting for you', ['Carol', 'Dan', 'Eve'])
        self.assertIn ('Dan here', self.rows ('Waiting for you')['Dan'])
        wait_until (lambda: self.rows ('Waiting for you')['Carol'][0] >= '00:01', 'the time to be counted')

        self.anna.click ('Decline Dan')
        self.assertEqual (dan.wait_event ('ended')['reason'], 'declined')
        self.wait_rows ('Waiting for you', ['Carol', 'Eve'])
        self.anna.key ('ctrl+shift+d')
        self.assertEqual (bob.wait_event ('ended')['reason'], 'declined')
        self.anna.wait_for ('Carol is calling', 'dialog')
        self.anna.click ('Silence')
        self.anna.wait_for ('Eve is calling', 'dialog')
        self.anna.key ('ctrl+shift+Return')
        eve.wait_event ('state', state='active')
        self.anna.click ('Answer Carol')
        carol.wait_event ('state', state='active')
        self.wait_held (eve, True)

    def test_do_not_disturb (self):
        """A2: Who does not want to be disturbed sees the card in the window, and who calls hears it ring as always. With the window closed nothing shows up,
        and whoever waits is there when it is opened."""
        anna = self.desk.person ('Quiet', x=1040, settings={'do-not-disturb': 'true', 'run-in-background': 'true'})
        self.addCleanup (anna.close)
        self.anna = anna
        bob = self.calling ('Bob')
        anna.wait_for ('Bob is calling', 'dialog')
        bob.stop ()
        anna.wait_gone ('Bob is calling', 'dialog')
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', anna.window, 'key', 'alt+F4'])
        wait_until (lambda: not self.desk.display.windows (anna.program.pid), 'the window to go')
        carol = self.calling ('Carol')
        mark = anna.report.mark ()
        carol.stop ()
        anna.report.wait_event ('ended', since=mark)
        self.assertEqual (self.desk.display.windows (anna.program.pid), [])
        self.assertTrue (anna.program.running)
        self.calling ('Dan')
        self.desk.display.run (['gapplication', 'launch', 'org.visavis.Visavis.Instance_%d' % anna.program.pid])
        anna.wait_for ('Dan is calling', 'dialog')

    def test_who_may_ring (self):
        """A2: Where only people may ring, somebody unknown is told that nobody is to be reached, and nothing shows up; whom one has talked to rings."""
        anna = self.desk.person ('Choosy', x=1040, settings={'who-may-ring': "'people'"})
        self.addCleanup (anna.close)
        home = self.enterContext (folder ())
        with cli (home, 'call', anna.address, media='none', name='Bob') as bob:
            self.assertEqual (bob.wait_event ('ended')['reason'], 'unreachable')
            self.assertNotIn ('ringing', [event['state'] for event in bob.named ('state')])
        self.assertIsNone (anna.find ('Bob is calling', 'dialog'))
        with cli (home, '--listen', '127.0.0.1:0', 'answer', '--anyone', '--identifier', 'Bob', media='none') as bob:
            anna.type_address (bob.wait_event ('listening')['address'])
            bob.wait_event ('state', state='active')
            anna.click ('Hang up')
            bob.wait_event ('ended')
        with cli (home, 'call', anna.address, '--identifier', 'Bob', media='none', name='Bob') as bob:
            bob.wait_event ('state', state='ringing')
            anna.wait_for ('Bob is calling', 'dialog')


if __name__ == '__main__':
    main ()
