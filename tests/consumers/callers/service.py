"""A service with one behaviour a path; usage: service.py PORT [MARK]"""

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BORN = time.time()
STATE = {"count": 0, "resets": 0}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(None)

    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null"))

    def answer(self, body):
        act = getattr(self, "on_" + self.path.strip("/").partition("/")[0], None)
        act(body) if act else self.send(404, {"error": self.path})

    def on_healthz(self, body):
        ready = time.time() - BORN > float(os.environ.get("SLOW", "0"))
        self.send(200 if ready else 503, {})

    def on_echo(self, body):
        STATE["count"] += 1
        told = dict(os.environ)
        self.send(
            200,
            {
                "body": body,
                "path": self.path,
                "pid": os.getpid(),
                "count": STATE["count"],
                "base": told.get("CRM_BASE_URL"),
                "mine": told.get("MINE"),
                "port": told.get("PORT"),
            },
        )

    def on_reset(self, body):
        STATE["count"], STATE["resets"] = 0, STATE["resets"] + 1
        self.send(204, None)

    def on_status(self, body):
        self.send(int(self.path.rsplit("/", 1)[1]), {"status": "told"})

    def on_chunks(self, body):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (b'{"chunks"', b": 2}"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def on_page(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write("部分功能受限".encode())
        self.close_connection = True

    def on_hang(self, body):
        time.sleep(1000)

    def on_drop(self, body):
        self.connection.close()

    def on_die(self, body):
        print("no more", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    def on_bear(self, body):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        self.send(200, {"pid": child.pid})

    def send(self, status, value):
        data = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


print("listening", flush=True)
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
