import dataclasses
import tempfile
import unittest
from pathlib import Path

from comparison import bars, cases, report
from comparison.meter import Cost
from comparison.results import Results


class FiguresTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = Path(directory.name, "results.tsv")
        self.results = Results(self.path)

    def add(self, case, peer, number=1, tree="", source=cases.FILE, **cost):
        run = cases.Run(case, peer, "", source)
        self.results.add(run, number, dataclasses.replace(Cost(), **cost), tree, "")

    def bar(self, text, facts=None):
        table = bars.table(report.Figures(self.results), facts or {})
        return next(line for line in table.splitlines() if text in line)

    def test_results_are_there_again_when_read(self):
        self.add(cases.SMALL, "tiu", wall=1.25, tree="right")
        again = Results(self.path)
        self.assertTrue(again.has("small", "tiu", "file", 1))
        self.assertEqual(self.results.rows, again.rows)

    def test_failed_run_is_run_again_and_then_replaced(self):
        self.add(cases.SMALL, "tiu", exit_code=9)
        self.assertFalse(Results(self.path).has("small", "tiu", "file", 1))
        self.add(cases.SMALL, "tiu", wall=2.0)
        self.assertTrue(Results(self.path).has("small", "tiu", "file", 1))

    def test_median_is_over_rounds_that_ended_well(self):
        for number, wall in enumerate((3.0, 1.0, 2.0), 1):
            self.add(cases.SMALL, "tiu", number, wall=wall)
        self.add(cases.SMALL, "tiu", 4, wall=100.0, exit_code=1)
        figures = report.Figures(self.results)
        self.assertEqual(2.0, figures.median(("small", "tiu", "file"), "wall"))

    def test_peer_with_wrong_tree_is_no_measure(self):
        self.add(cases.SMALL, "tiu", wall=1.0, tree="right")
        self.add(cases.SMALL, "fast", wall=2.0, tree="wrong, content: 1 (etc/name)")
        self.add(cases.SMALL, "slow", wall=8.0, tree="nearly, mtime: 1 (etc)")
        self.assertIn("| ≤ 0.25 | 0.12 | met |", self.bar("small pair, wall ÷ the fastest |"))

    def test_missed_bar_says_so(self):
        self.add(cases.SELF, "tiu", user=1.2, system=0.5)
        self.assertIn("| ≤ 1.50 | 1.70 | **no** |", self.bar("itself: CPU s, from a file"))

    def test_bar_at_least_is_missed_from_below(self):
        self.add(cases.HASH_TREE, "tiu", wall=1.0)
        self.add(cases.HASH_TREE, "veritysetup format", wall=1.5)
        self.assertIn("| ≥ 1.80 | 1.50 | **no** |", self.bar("hash tree"))

    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        self.assertIn("| not measured | |", self.bar("large pair with delta"))

    def test_download_is_held_against_the_compressed_bytes(self):
        self.add(cases.LARGE, "tiu ranges", source=cases.HTTP, http_bytes=106_000_000)
        facts = {"large": {"compressed": 100_000_000}}
        self.assertIn("| ≤ 105.00 | 106.00 | **no** |", self.bar("large pair without", facts))
