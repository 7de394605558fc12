# SPDX-License-Identifier: LGPL-2.1-or-later
"""unittest told as TAP 13, with the reason of each skip.

    import unittest
    from tap import main

    class Listening(unittest.TestCase):
        def test_tells_its_port (self):
            '''One line on what it shows, and why that matters.'''

    if __name__ == '__main__':
        main ()

A test skips with self.skipTest ('reason'), or in setUpClass with raise unittest.SkipTest ('reason'): then each test of the
class is told as skipped. Names on the command line (a test's or class's name or part of it) choose tests. What tests and
their children print goes to stderr: stdout carries TAP and nothing else.
"""

import os
import sys
import time
import traceback
import unittest


def flatten (suite):
    for item in suite:
        if isinstance (item, unittest.TestSuite):
            yield from flatten (item)
        else:
            yield item


def clean (text):
    return ' '.join (str (text).replace ('#', '＃').split ())


class Result (unittest.TestResult):
    """Tells each test as it ends. A failure in subTest() or in a clean-up fails its test once."""

    def __init__ (self, out, tests):
        super ().__init__ ()
        self.out = out
        self.numbers = {test.id (): number for number, test in enumerate (tests, 1)}
        self.titles = {test.id (): self.title (test) for test in tests}
        self.told = set ()
        self.classes = {}
        self.troubles = []
        self.begun = 0.0

    @staticmethod
    def title (test):
        name = test.id ().split ('.', 1)[-1] if test.id ().startswith ('__main__.') else test.id ()
        words = test.shortDescription ()
        return clean (f'{name} - {words}' if words else name)

    def comment (self, text):
        for line in text.rstrip ().splitlines ():
            print ('# ' + line, file=self.out)
        self.out.flush ()

    def tell (self, identity, good, skip=None):
        if identity in self.told or identity not in self.numbers:
            return
        self.told.add (identity)
        line = f"{'ok' if good else 'not ok'} {self.numbers[identity]} {self.titles[identity]}"
        if skip is not None:
            line += ' # SKIP ' + (clean (skip) or 'no reason given')
        print (line, file=self.out, flush=True)

    def trouble (self, test, error):
        """The whole of it, and at the end, where one looks first, what tells most."""
        self.comment (''.join (traceback.format_exception (*error)))
        programs = sys.modules.get ('procs')
        said = programs.in_short () if programs is not None else []
        if said:
            steps = [step for step in traceback.extract_tb (error[2]) if f'unittest{os.sep}' not in step.filename]
            way = ' > '.join (f'{os.path.basename (step.filename)}:{step.lineno}' for step in steps[-3:])
            first = str (error[1]).split ('\n', 1)[0]
            self.comment ('\n'.join (['In short:', f'{error[0].__name__}: {first} ({way})', *said]))

    def startTest (self, test):
        super ().startTest (test)
        self.troubles.clear ()
        if 'procs' in sys.modules:
            sys.modules['procs'].begin_test ()
        self.begun = time.monotonic ()
        print (f'=== {test.id ()}', file=sys.stderr, flush=True)

    def stopTest (self, test):
        super ().stopTest (test)
        if self.troubles:
            self.tell (test.id (), False)

    def holder (self, test):
        """setUpClass and setUpModule fail or skip as things of their own: keep whom it is about."""
        if isinstance (test, unittest.TestCase):
            return None
        text = str (test)
        return text[text.index ('(') + 1:text.rindex (')')] if '(' in text else text

    def addSuccess (self, test):
        super ().addSuccess (test)
        if not self.troubles:
            self.comment (f'{time.monotonic () - self.begun:.2f} s')
            self.tell (test.id (), True)

    def addSkip (self, test, reason):
        super ().addSkip (test, reason)
        where = self.holder (test)
        if where is None:
            self.tell (test.id (), True, reason)
        else:
            self.classes[where] = (True, reason)

    def addError (self, test, err):
        super ().addError (test, err)
        self.trouble (test, err)
        where = self.holder (test)
        if where is None:
            self.troubles.append (err)
        else:
            self.classes[where] = (False, None)

    def addFailure (self, test, err):
        super ().addFailure (test, err)
        self.trouble (test, err)
        self.troubles.append (err)

    def addSubTest (self, test, subtest, err):
        super ().addSubTest (test, subtest, err)
        if err is not None:
            self.comment (f'in {subtest}')
            self.trouble (test, err)
            self.troubles.append (err)

    def addExpectedFailure (self, test, err):
        super ().addExpectedFailure (test, err)
        self.tell (test.id (), True)

    def addUnexpectedSuccess (self, test):
        super ().addUnexpectedSuccess (test)
        self.comment ('passed, but was expected to fail')
        self.troubles.append (None)

    def finish (self):
        """Tests that never ran, because their class was skipped or could not be set up."""
        for identity in self.numbers:
            if identity not in self.told:
                reasons = [v for where, v in self.classes.items () if identity.startswith (where + '.')]
                reasons = reasons or [v for where, v in self.classes.items () if identity.startswith (where.split ('.')[0])]
                good, reason = reasons[0] if reasons else (False, None)
                self.tell (identity, good, reason if good else None)


def main (module='__main__'):
    """Runs the tests of the calling file and leaves with 0 if none failed."""
    out = os.fdopen (os.dup (1), 'w', encoding='utf-8')
    os.dup2 (2, 1)
    tests = list (flatten (unittest.defaultTestLoader.loadTestsFromModule (sys.modules[module])))
    wanted = [word for word in sys.argv[1:] if not word.startswith ('-')]
    if wanted:
        tests = [test for test in tests if any (word in test.id () for word in wanted)]
    print ('TAP version 13', file=out)
    print (f'1..{len (tests)}' if tests else '1..0 # SKIP no such test', file=out, flush=True)
    result = Result (out, tests)
    unittest.TestSuite (tests).run (result)
    result.finish ()
    out.flush ()
    sys.exit (0 if result.wasSuccessful () else 1)
