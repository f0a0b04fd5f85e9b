import os
import tempfile
import unittest
from pathlib import Path

from comparison import tree


class TreeTest(unittest.TestCase):
    """
    old/            new/, a copy of it
      etc/name        etc/name
      usr/tool        usr/tool
      usr/tool-1      usr/tool-1    hard link to usr/tool
      usr/link        usr/link      -> tool
    """

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.old, self.new = Path(directory.name, "old"), Path(directory.name, "new")
        for top in (self.old, self.new):
            (top / "etc").mkdir(parents=True)
            (top / "usr").mkdir()
            (top / "etc/name").write_text("bench")
            (top / "usr/tool").write_text("#!/bin/sh")
            os.link(top / "usr/tool", top / "usr/tool-1")
            os.symlink("tool", top / "usr/link")
            for path in [*top.rglob("*"), top]:
                os.utime(path, (1000, 1000), follow_symlinks=False)

    def judge(self, *ignored):
        return tree.compare(tree.scan(self.old), tree.scan(self.new), ignored)

    def restore_time(self, *names):
        for name in names:
            os.utime(self.new / name, (1000, 1000), follow_symlinks=False)

    def test_same_tree_is_right(self):
        self.assertEqual("right", str(self.judge()))

    def test_other_content_of_same_size_and_time_is_wrong(self):
        (self.new / "etc/name").write_text("bunch")
        self.restore_time("etc/name")
        self.assertEqual({"content": 1}, self.judge().counts)
        self.assertEqual("wrong", self.judge().word)

    def test_other_time_is_nearly_right(self):
        os.utime(self.new / "etc/name", ns=(1000, 1))
        self.assertEqual("nearly, mtime: 1 (etc/name)", str(self.judge()))

    def test_other_mode_is_wrong(self):
        (self.new / "usr/tool").chmod(0o4755)
        self.assertEqual({"mode": 2}, self.judge().counts)
        self.assertEqual("wrong", self.judge().word)

    def test_hard_link_made_two_files_is_wrong(self):
        (self.new / "usr/tool-1").unlink()
        (self.new / "usr/tool-1").write_text("#!/bin/sh")
        self.restore_time("usr/tool-1", "usr")
        self.assertEqual({"links": 1}, self.judge().counts)

    def test_link_to_elsewhere_is_wrong(self):
        (self.new / "usr/link").unlink()
        os.symlink("tool-1", self.new / "usr/link")
        self.restore_time("usr/link", "usr")
        self.assertEqual({"content": 1}, self.judge().counts)

    def test_path_too_many_and_path_missing_are_wrong(self):
        (self.new / "etc/name").rename(self.new / "etc/other")
        self.restore_time("etc")
        self.assertEqual({"missing": 1, "extra": 1}, self.judge().counts)

    def test_what_is_ignored_may_differ(self):
        (self.new / "etc/own").mkdir()
        (self.new / "etc/own/file").write_text("own")
        self.restore_time("etc")
        self.assertEqual("right", str(self.judge("etc/own")))
        self.assertEqual("wrong", self.judge("etc/ow").word)
