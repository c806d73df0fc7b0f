"""A threaded WSGI server that keeps connections open.

Werkzeug's own server closes each connection and waits ten milliseconds for what may still come, which is more
than a whole request through a handler takes here.
"""

from __future__ import annotations

import io
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
DEFAULT_MAX_BODY_BYTES = 256 * 1024 * 1024


class ConnectionDropped(Exception):  # noqa: N818 - it is an order to the server, not a failure
    """Raised by an application to close the connection without an answer, as a broken network does."""


class PortTakenError(Exception):
    """Something else listens on the port."""


class WsgiServer(ThreadingHTTPServer):
    """Serve one WSGI application on 127.0.0.1, a thread for each connection."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(
        self, application: WSGIApplication, *, port: int = 0, max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
    ) -> None:
        """Bind `port` (0: any free one); bodies above `max_body_bytes` are answered with 413.

        Raises:
            PortTakenError: as the class says.
        """
        self.application = application
        self.max_body_bytes = max_body_bytes
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise PortTakenError(f"port {port} of {HOST} is taken") from error

    @property
    def url(self) -> str:
        """Return the base address, without a slash at its end."""
        return f"http://{HOST}:{self.server_address[1]}"

    def start(self, name: str) -> None:
        """Serve in a thread of that name until `stop`."""
        threading.Thread(target=self.serve_forever, args=(0.05,), name=name, daemon=True).start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        """Bind without the name look-up that the standard library makes, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that went away; report everything else."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: WsgiServer

    def handle_one_request(self) -> None:
        """Read one request and answer it; the base class does the same by method name."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if not self.parse_request():
            return
        body = self._read_body()
        if body is None:
            self._refuse_body()
            return
        try:
            status, headers, payload = self._asked(self._environ(body))
        except ConnectionDropped:
            self.close_connection = True
            return
        # The outermost edge of the process: a defect of an application is a 500 to the one who asked.
        except Exception:  # noqa: BLE001 - the outermost edge of the process
            traceback.print_exc()
            status, headers, payload = "500 Internal Server Error", [], b""
        self._answer(status, headers, payload)
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        """Let the client go on at once: botocore waits a second for this line."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _read_body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if length > self.server.max_body_bytes:
            return None
        return self.rfile.read(length) if length else b""

    def _read_chunks(self) -> bytes | None:
        parts, total = [], 0
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            total += size
            if total > self.server.max_body_bytes:
                return None
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _refuse_body(self) -> None:
        payload = b'{"message":"Request Entity Too Large"}'
        self.close_connection = True
        self.send_response(413)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()
        # What still comes is read and thrown away, or the client would see a reset instead of the answer.
        self.connection.settimeout(2)
        try:
            while self.connection.recv(1 << 20):
                pass
        except OSError:
            return

    def _environ(self, body: bytes) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": self.path,
            "RAW_URI": self.path,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": str(self.client_address[1]),
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "CONTENT_LENGTH": str(len(body)),
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key not in {"CONTENT_LENGTH", "TRANSFER_ENCODING"}:
                key = f"HTTP_{key}"
                joint = "; " if key == "HTTP_COOKIE" else ","
                environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
        return environ

    def _asked(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return what the application answers."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            del exc_info
            started[:] = [status, headers]
            return lambda _data: None

        parts = self.server.application(environ, start_response)
        try:
            payload = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = started
        for name, value in headers:
            f"{name}: {value}".encode("latin-1")
        return status, headers, payload

    def _answer(self, status: str, headers: list[tuple[str, str]], payload: bytes) -> None:
        code, _, reason = status.partition(" ")
        bodiless = self.command == "HEAD" or int(code) in {204, 304} or int(code) < 200
        self.send_response(int(code), reason)
        given = {name.lower() for name, _ in headers}
        for name, value in headers:
            if name.lower() not in {"connection", "server", "date"}:
                self.send_header(name, value)
        if "content-length" not in given and not (int(code) in {204, 304} or int(code) < 200):
            self.send_header("Content-Length", str(len(payload)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bodiless:
            self.wfile.write(payload)

    def version_string(self) -> str:
        """Name no product and version."""
        return "feenote-local"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's own name
        """Keep the terminal for what matters."""
