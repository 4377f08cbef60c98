"""How connections are taken."""

import threading
from http.server import BaseHTTPRequestHandler
from urllib.request import urlopen

from stand_in.http import _Server


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Left(_Server):
    """Some clients are gone before they are taken."""

    gone = 20

    def get_request(self):
        if self.gone:
            self.gone -= 1
            raise ConnectionAbortedError
        return super().get_request()


def test_clients_that_are_gone_before_they_are_taken_keep_nobody_waiting_and_cost_no_threads():
    server = Left(("127.0.0.1", 0), Answering)
    others = threading.active_count()
    threading.Thread(target=server.serve_on_threads, daemon=True).start()
    with urlopen(f"http://127.0.0.1:{server.server_port}", timeout=10) as answer:
        assert answer.status == 204
    assert server.gone == 0
    assert threading.active_count() - others <= 2
