import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from killing import judge


class JudgeTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.image = Path(directory.name, "image")
        self.device = Path(directory.name, "device")
        for etc in (
            self.image / "etc", self.device / "2/snapshot/etc", self.device / "2/etc",
        ):
            etc.mkdir(parents=True)
            (etc / "motd").write_text("hello")
        for top in (self.image, self.device / "2/snapshot"):
            (top / "tool").write_text("tool")
            os.link(top / "tool", top / "tool2")
        os.link(self.image / "tool", self.image / "etc/tool")
        for etc in (self.device / "2/snapshot/etc", self.device / "2/etc"):
            (etc / "tool").write_text("tool")
        for path in sorted(Path(directory.name).rglob("*")):
            os.utime(path, ns=(0, 0))
        self.state = "good"
        self.judge = judge.Judge(self.image)

    def differences(self):
        device = SimpleNamespace(
            place=lambda number: self.device / str(number),
            skeleton=lambda number: "",
            files_beside=lambda number: [],
            state=lambda number: self.state,
            default=lambda: "@/.snapshots/2/snapshot",
        )
        return self.judge.differences(device, 2)

    def test_equal_tree_has_no_differences_though_its_etc_is_apart(self):
        self.assertEqual([], self.differences())

    def test_byte_that_differs_is_found_though_size_and_time_agree(self):
        file = self.device / "2/snapshot/etc/motd"
        file.write_text("hallo")
        os.utime(file, ns=(0, 0))
        self.assertEqual(["snapshot is wrong, content: 1 (etc/motd)"], self.differences())

    def test_names_that_are_no_longer_one_file_are_found(self):
        second = self.device / "2/snapshot/tool2"
        second.unlink()
        second.write_text("tool")
        for path in (second, second.parent):
            os.utime(path, ns=(0, 0))
        self.assertEqual(["snapshot is wrong, links: 1 (tool2)"], self.differences())

    def test_shipped_etc_is_judged_by_itself(self):
        (self.device / "2/etc/motd").unlink()
        os.utime(self.device / "2/etc", ns=(0, 0))
        self.assertEqual(["etc is wrong, missing: 1 (motd)"], self.differences())

    def test_snapshot_that_is_not_good_is_named(self):
        self.state = "building"
        self.assertIn("its state is building", self.differences())

    def test_process_of_a_run_is_found_by_its_mark(self):
        mark = f"TIU_KILL_TRIAL=test-{os.getpid()}"
        name, _, value = mark.partition("=")
        with subprocess.Popen(
            [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, name: value},
        ) as process:
            process.stdout.readline()
            self.assertEqual([process.pid], judge.processes(mark))
            process.stdin.close()
        self.assertEqual([], judge.processes(mark))
