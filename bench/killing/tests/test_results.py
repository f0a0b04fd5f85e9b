import dataclasses
import tempfile
import unittest
from pathlib import Path

from comparison.system import ProgramFailed
from killing.results import Results
from killing.trial import Trial

RIGHT = Trial(1, 2500, "yes", "yes", 600, 450, 3000, 1.05, 9.5, "right")


class ResultsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = Path(directory.name, "trials.tsv")
        self.results = Results(self.path, "v1 v2 seed 1")

    def add(self, number, **changes):
        self.results.add(dataclasses.replace(RIGHT, number=number, **changes))

    def test_trials_are_there_again_when_read_and_only_the_others_are_missing(self):
        self.add(2)
        again = Results(self.path, "v1 v2 seed 1")
        self.assertEqual(self.results.trials, again.trials)
        self.assertEqual([1, 3], again.missing(3))

    def test_trials_of_another_kind_are_refused(self):
        self.add(1)
        with self.assertRaisesRegex(ProgramFailed, "another kind.*seed 1"):
            Results(self.path, "v1 v2 seed 2")

    def test_right_tree_with_few_bytes_passes(self):
        self.add(1)
        self.assertTrue(self.results.passed())
        self.assertIn("1.050 at most; 0 above", self.results.summary(1))

    def test_wrong_tree_fails_and_is_named(self):
        self.add(7, verdict="snapshot is wrong, missing: 1 (bin/sh)")
        self.assertFalse(self.results.passed())
        self.assertIn("trial 7: snapshot is wrong, missing: 1 (bin/sh)", self.results.summary(1))

    def test_too_many_bytes_fail(self):
        self.add(1, share=1.1501)
        self.assertFalse(self.results.passed())

    def test_bytes_of_a_run_killed_before_the_first_file_do_not_count(self):
        self.add(1, share=1.9, written="no")
        self.assertTrue(self.results.passed())
        self.assertIn("1 were killed before the first file", self.results.summary(1))

    def test_run_that_was_over_before_the_kill_does_not_count_for_the_downloads(self):
        self.add(1, share=1.0)
        self.add(2, share=1.2, killed="no")
        self.assertTrue(self.results.passed())
        self.assertIn("downloads of the 1 that count", self.results.summary(2))
