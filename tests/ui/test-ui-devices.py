# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person sees and hears with: the first start, devices in a call, and a computer that has none."""


from desk import AtDesk, wait_until
from tap import main

NOTHING = {'PIPEWIRE_RUNTIME_DIR': '/nonexistent', 'PULSE_SERVER': 'unix:/nonexistent/pulse'}


class Devices (AtDesk):
    def kept (self, person, line):
        wait_until (lambda: line in (person.profile / 'settings.ini').read_text (), f'{line} to be kept')

    def dialog (self, person, name):
        """Keys go to the window on top."""
        window = wait_until (lambda: [w for w in self.desk.display.windows (person.program.pid)
                                      if self.desk.display.run (['xdotool', 'getwindowname', w]).strip () == name], name)[-1]
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        return window

    def test_first_start (self):
        """W6, A6: By keyboard alone: the first start asks for the name, shows camera and microphone, and makes a test call; then it is over
        for good."""
        anna = self.person ('Anna', settings={'first-start-done': 'false'})
        window = self.dialog (anna, 'Welcome')
        keys = self.desk.display.key
        anna.wait_for ('Your name, as people see it when you call', 'text')
        keys ('ctrl+a')
        self.desk.display.type ('Anna Berg')
        keys ('Return')
        anna.wait_text ('How you are seen and heard')
        anna.wait_text ('You are heard.')
        anna.wait_for ('Picture of your camera')
        self.kept (anna, "identifier='Anna Berg'")
        keys ('Return')
        anna.wait_for ('Test call to myself', 'push button')
        mark = anna.report.mark ()
        keys ('Return')
        anna.report.wait_event ('first-frame', since=mark)
        anna.wait_for ('Picture of the other side')
        keys ('Escape')
        anna.report.wait_event ('ended', since=mark, graceful=True)
        wait_until (lambda: window not in self.desk.display.windows (anna.program.pid), 'the first start to be over')
        self.kept (anna, 'first-start-done=true')
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())

    def test_skip (self):
        """The first start is given up by one key, and does not come again."""
        anna = self.person ('Anna', settings={'first-start-done': 'false'})
        window = self.dialog (anna, 'Welcome')
        self.desk.display.key ('Escape')
        wait_until (lambda: window not in self.desk.display.windows (anna.program.pid), 'the first start to go')
        self.kept (anna, 'first-start-done=true')

    def test_in_a_call (self):
        """W19: In a call the key D shows the devices; what is changed there is kept for the next start."""
        anna = self.person ('Anna')
        anna.click ('Test call to myself')
        anna.wait_sees (anna)
        anna.key ('d')
        self.dialog (anna, 'Devices')
        anna.wait_text ('You are heard.')
        anna.wait_text ('No sound is played here.')
        self.desk.display.key ('alt+v', 'Home')
        self.kept (anna, 'volume=0.0')
        self.desk.display.key ('Escape')
        anna.key ('ctrl+h')
        anna.ended ()
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())

    def test_nothing (self):
        """W18: Without camera and microphone the window says so and offers the test picture, which others then see."""
        anna = self.person ('Anna', env=NOTHING, arguments=['--media', 'auto'])
        karim = self.person ('Karim', x=1040)
        anna.wait_text ('No camera and no microphone can be used. In calls, people see your initials and do not hear you.')
        anna.click ('Use the test picture')
        anna.wait_text ('No microphone can be used. In calls, people see you and do not hear you.')
        anna.type_address (karim.address)
        karim.click ('Accept')
        karim.wait_sees (anna)
        anna.click ('Hang up')
        anna.ended ()
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())


if __name__ == '__main__':
    main ()
