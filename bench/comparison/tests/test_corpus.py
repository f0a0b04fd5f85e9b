import os
import tempfile
import unittest
from pathlib import Path

from comparison import corpus


class CorpusTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = Path(directory.name)

    def test_finished_tree_has_nothing_of_a_device_and_its_times_elsewhere(self):
        tree = self.top / "tree"
        for name in ("boot/vmlinuz-6", "boot/initrd.img-6", "run/lock/file", "etc/machine-id"):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(name)
        os.utime(tree / "boot", ns=(0, 5_000_000_001))
        corpus.finish(tree)
        left = {str(path.relative_to(tree)) for path in tree.rglob("*")}
        self.assertEqual({"boot", "boot/vmlinuz-6", "run", "etc", "etc/machine-id"}, left)
        self.assertEqual("", (tree / "etc/machine-id").read_text())
        self.assertEqual(5_000_000_000, (tree / "boot").stat().st_mtime_ns)

    def test_padding_has_nine_times_the_paths_with_content_of_their_own(self):
        (self.top / "tree/usr/bin").mkdir(parents=True)
        (self.top / "tree/usr/bin/tool").write_text("tool")
        (self.top / "tree/empty").mkdir()
        corpus.pad(self.top / "tree", self.top / "padding")
        files = [path for path in (self.top / "padding").rglob("*") if path.is_file()]
        self.assertEqual(9, len(files))
        self.assertEqual(9, len({path.read_text() for path in files}))
        self.assertTrue((self.top / "padding/copy9/empty").is_dir())
