"""Real receivers on this machine: a mail server and a web server that keep what comes, and can say no."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from stagemark.testing import free_port

PASSWORD = "geheim-4711-planted"
"""Stands in every address of these tests; it must be found nowhere else."""


@dataclass
class Mail:
    """A mail that came; `at` by a clock that never goes back."""

    to: str
    message: Message
    at: float = field(default_factory=monotonic)

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(make_header(decode_header(str(self.message["Subject"]))))

    @property
    def text(self) -> str:
        content = self.message.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content.decode()


@dataclass
class Post:
    """A mail server that asks for the password.

    Attributes:
        port: Where it listens.
        came: What was taken.
        refuses: Answers to recipients, by their beginning: `550 …`, `451 …`.
        after_data: Called once a mail was taken, before that is answered.
    """

    port: int
    came: list[Mail] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    after_data: Callable[[], None] = lambda: None
    asked: int = 0

    @property
    def address(self) -> str:
        return f"mailto://bot:{PASSWORD}@127.0.0.1:{self.port}/?from=bot@acme.example&mode=insecure"

    # -- what aiosmtpd calls

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        for beginning, answer in self.refuses.items():
            if address.startswith(beginning):
                return f"{answer} {address} {PASSWORD}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.came += [Mail(to, message_from_bytes(envelope.content)) for to in envelope.rcpt_tos]
        self.after_data()
        return "250 OK"


@contextmanager
def post_office(port: int = 0) -> Iterator[Post]:
    """A mail server."""
    post = Post(port or free_port())

    def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    controller = Controller(post, hostname="127.0.0.1", port=post.port, authenticator=knows, auth_require_tls=False)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@dataclass
class Called:
    """A request that came."""

    path: str
    headers: dict[str, str]
    content: Any

    @property
    def id(self) -> str:
        return self.headers["idempotency-key"]


@dataclass
class Web:
    """A web server. `answers` by the beginning of a path: status and body; else 200 with what the services say."""

    port: int
    came: list[Called] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def web_server() -> Iterator[Web]:
    """A web server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            web.came.append(Called(self.path, headers, json.loads(self.rfile.read(length))))
            said = (answer for path, answer in web.answers.items() if self.path.startswith(path))
            plain = b"ok" if re.match("/services/", self.path) else b'{"errcode": 0, "code": 0, "ok": true}'
            status, body = next(said, (200, plain))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web = Web(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
