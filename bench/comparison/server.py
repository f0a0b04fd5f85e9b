"""A plain web server on loopback, whose log says how many bytes and requests a run took."""

import os
import subprocess
import time

from .system import ProgramFailed

CONFIGURATION = """\
daemon off;
worker_processes 1;
user root;
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections 512; }}
http {{
  log_format sizes '$bytes_sent';
  access_log {dir}/access.log sizes;
  sendfile on;
  keepalive_requests 1000000000;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  server {{
    listen 127.0.0.1:{port}{options};
    root {root};
    {locations}
  }}
}}
"""


class Server:
    """nginx for the `with` block. Bytes are those sent: bodies and headers."""

    def __init__(self, work, options="", locations=""):
        self.directory = work.top / "nginx"
        self.root = work.www
        self.port = work.port
        self.options = options
        self.locations = locations
        self.process = None
        self.begin = 0

    def __enter__(self):
        self.directory.mkdir(exist_ok=True)
        log = self.directory / "access.log"
        log.write_text("")
        configuration = self.directory / "nginx.conf"
        configuration.write_text(
            CONFIGURATION.format(
                dir=self.directory, root=self.root, port=self.port,
                options=self.options, locations=self.locations,
            )
        )
        self.process = subprocess.Popen(
            ["nginx", "-p", self.directory, "-c", configuration], stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        if self.process.poll() is not None:
            raise ProgramFailed(f"nginx didn't start; see {self.directory}/error.log")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def begin_counting(self):
        self.begin = os.path.getsize(self.directory / "access.log")

    def counted(self):
        """Bytes and requests since the counting began."""
        time.sleep(0.2)  # a request is logged just after its last byte was sent
        with open(self.directory / "access.log", encoding="ascii", errors="replace") as log:
            log.seek(self.begin)
            sizes = [int(line) for line in log if line.strip().isdigit()]
        return sum(sizes), len(sizes)
