"""The server of the preview: on this machine alone, for the browser of the one who writes."""

import json
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from compiler.pages.security import HASHED, headers
from compiler.preview.desk import Answer, Preview

HOST = "127.0.0.1"
_EVENTS, _STATE = "/vis/hendelser", "/vis/tilstand"
_BEAT = 2.0
"""How often, in seconds, a page that waits is told that the server is there."""
_POLL = 0.05
"""How often, in seconds, the server sees whether it is to end."""
_REST = 0.3
"""How long examples wait after a change, so that the pages that are open come first."""


class _Server(ThreadingHTTPServer):
    """A server with what it shows."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, preview: Preview) -> None:
        self.preview = preview
        self.ended = Event()
        super().__init__((HOST, port), _Handler)

    def handle_error(self, *_: Any) -> None:
        """A browser that goes away is no fault; others are told where they happen."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server

    def do_GET(self) -> None:
        """A page, a file, what is wrong now, or word of each change."""
        if self.headers.get("Host", "") not in self._names():
            return self._send(Answer(403, "text/plain; charset=utf-8", f"Siden er bare for {HOST}.\n".encode()))
        address = urlsplit(self.path)
        path = unquote(address.path)
        if path == _EVENTS:
            return self._events()
        if path == _STATE:
            return self._send(self._state(parse_qs(address.query).get("side", ["/"])[0]))
        if not path.endswith("/") and "." not in posixpath.basename(path):
            return self._send(Answer(302, "text/plain; charset=utf-8", b""), {"Location": f"{address.path}/"})
        return self._send(self.server.preview.answer(path))

    do_HEAD = do_GET

    def _names(self) -> tuple[str, ...]:
        """What the server may be called: another name is a page elsewhere that leads here."""
        return tuple(f"{name}:{self.server.server_port}" for name in (HOST, "localhost"))

    def _state(self, page: str) -> Answer:
        state = self.server.preview.state(page)
        found = {"merke": state.mark, "sagt": state.panel.said, "feil": state.panel.faults}
        return Answer(200, "application/json", json.dumps(found).encode())

    def _send(self, answer: Answer, more: dict[str, str] | None = None) -> None:
        self._head(answer.status, answer.kind, {"Content-Length": str(len(answer.content)), **(more or {})})
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    def _head(self, status: int, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        said = headers(self.server.preview.theme.policy) | {
            "Content-Type": kind,
            "Cache-Control": "max-age=86400" if re.search(HASHED, self.path) else "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        for name, value in (said | more).items():
            self.send_header(name, value)
        self.end_headers()

    def _events(self) -> None:
        """Word to an open page each time there is something new to show, until one of the two goes away."""
        self._head(200, "text/event-stream; charset=utf-8", {})
        number = -1
        while not self.server.ended.is_set():
            newest = self.server.preview.wait(number, _BEAT)
            self.wfile.write(f"data: {newest}\n\n".encode() if newest != number else b":\n\n")
            number = newest

    def log_message(self, *_: Any) -> None:
        """What is asked for is not told: the terminal tells of the rulebooks."""


@contextmanager
def serving(preview: Preview, port: int) -> Iterator[str]:
    """The pages served, and examples tried as there is time for it; the address, which ends with «/»."""
    with _Server(port, preview) as server:
        serve = Thread(target=server.serve_forever, args=[_POLL], daemon=True)
        threads = [serve, Thread(target=_try, args=[server], daemon=True)]
        for thread in threads:
            thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}/"
        finally:
            server.ended.set()
            preview.wake()
            server.shutdown()
            for thread in threads:
                thread.join()


def _try(server: _Server) -> None:
    """Try the examples, a moment after each change."""
    number = -1
    while not server.ended.wait(_REST):
        while server.preview.number == number and not server.ended.is_set() and server.preview.try_example():
            pass
        number = server.preview.wait(number, _BEAT)
