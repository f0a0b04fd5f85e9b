"""The bench's nginx, whose count of bytes waits until it has noticed every cut connection."""

import re
import time
import urllib.request

from comparison import server
from comparison.workplace import free_port

# What lies in the send buffer when a device dies was never received, and counts as sent.
LISTEN_OPTIONS = " sndbuf=128k"
STATUS = "location = /.status { stub_status; access_log off; }"
NO_CHANNEL = "location = /channel.json { return 404; }"
PATIENCE_SECONDS = 20


class Server(server.Server):
    """Serves a directory for the `with` block; without its channel.json if that is to be hidden."""

    def __init__(self, top, root, hide_channel):
        self.top = top
        self.www = root
        self.port = free_port()
        locations = STATUS + (NO_CHANNEL if hide_channel else "")
        super().__init__(self, LISTEN_OPTIONS, locations)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def taken(self):
        """Bytes sent and requests since the last call."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while self._others() and time.monotonic() < limit:
            time.sleep(0.05)
        counted = self.counted()
        self.begin_counting()
        return counted

    def _others(self):
        """Connections but this one's own."""
        with urllib.request.urlopen(f"{self.url}/.status", timeout=10) as answer:
            return int(re.search(r"Active connections: (\d+)", answer.read().decode())[1]) - 1
