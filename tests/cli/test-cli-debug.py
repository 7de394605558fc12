# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is there for whoever looks for a mistake: the messages of a call, and the graphs of its pipelines, without its secrets."""

import unittest

from lines import answer, call
from procs import folder
from tap import main

SECRETS = ('knock knock', 'come in', 'so long', 'ice-pwd', 'ice-ufrag', 'v=0', 'fingerprint', 'candidate:', 'BEGIN', 'PRIVATE')
KINDS = ('hello', 'request', 'accept', 'candidate', 'text', 'closing')  # who has said goodbye need not hear that the other has closed


class Debug (unittest.TestCase):
    def test_messages (self):
        """Each message of a call is a line in its turn, with sizes in the place of what is private."""
        env = {'G_MESSAGES_DEBUG': 'visavis-signal'}
        with folder () as home, answer (home / 'a', '--anyone', '--data', 'come in', env=env) as called:
            address = called.wait_event ('listening')['address']
            with call (home / 'b', address, '--data', 'knock knock', '--text', 'so long', '--duration', '2', env=env) as caller:
                caller.wait (0)
            called.wait_event ('ended')
            sent, read = ([[line.partition (arrow)[2].split () for _, source, line in program.log if source == 'err' and f'{arrow} ' in line]
                           for arrow in ('→', '←')] for program in (caller, called))
            self.assertLessEqual ({'hello', 'request', 'text', 'closing'}, {words[0] for words in sent[0]}, caller.transcript ())
            # what one sent is what the other read, word for word
            self.assertEqual ([words for words in sent[0] if words[0] in KINDS], [words for words in read[1] if words[0] in KINDS])
            [request] = [words for words in sent[0] if words[0] == 'request']
            self.assertIn ('data=(11', request)
            for program in (caller, called):
                said = '\n'.join (line for _, source, line in program.log if source == 'err')
                self.assertEqual ([secret for secret in SECRETS if secret in said], [])

    def test_graphs (self):
        """GStreamer's variable for a folder of graphs gives those of a call, as it is when the first picture is there."""
        with folder () as home, answer (home / 'a', '--anyone') as called:
            (home / 'dots').mkdir ()
            with call (home / 'b', called.wait_event ('listening')['address'], '--duration', '2', env={'GST_DEBUG_DUMP_DOT_DIR': str (home / 'dots')}) as caller:
                caller.wait (0)
            graphs = [path.read_text (encoding='utf-8') for path in (home / 'dots').glob ('*.dot')]
            self.assertTrue ([text for text in graphs if 'GstWebRTCBin' in text], list ((home / 'dots').iterdir ()))
            for text in graphs:
                self.assertEqual ([secret for secret in SECRETS if secret in text], [])


if __name__ == '__main__':
    main ()
