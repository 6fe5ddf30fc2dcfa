"""A connection that asks and waits, as cheaply as can be: what the load costs is not the server's to answer for."""

import socket


class Wire:
    """A kept connection to a server, opened again when the server has closed it."""

    def __init__(self, netloc: str, headers: dict[str, str]) -> None:
        host, _, port = netloc.partition(":")
        self.place = (host, int(port))
        shared = {"Host": netloc, "Connection": "keep-alive", **headers}
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in shared.items())
        self.socket: socket.socket | None = None

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request in one piece and return the status and the body of the reply."""
        head = f"{method} {path} HTTP/1.1\r\n{self.headers}Content-Length: {len(body)}\r\n\r\n"
        whole = head.encode() + body
        if self.socket is not None:
            try:
                self.socket.sendall(whole)
                return self._reply()
            except (ConnectionError, EOFError):  # closed while nobody was asking
                self.close()
        self.socket = socket.create_connection(self.place, timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(whole)
        return self._reply()

    def close(self) -> None:
        """Let the connection go."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _reply(self) -> tuple[int, bytes]:
        data = self._more()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, data = data[:end].lower(), data[end + 4 :]
        status = int(head[9:12])
        length = head.find(b"\r\ncontent-length:")
        if length < 0:
            raise RuntimeError(f"A reply without a length: {head!r}")
        wanted = int(head[length + 17 :].partition(b"\r\n")[0])
        while len(data) < wanted:
            data += self._more()
        if b"\r\nconnection: close" in head:
            self.close()
        return status, data

    def _more(self) -> bytes:
        piece = self.socket.recv(65_536) if self.socket is not None else b""
        if not piece:
            raise EOFError("The server closed the connection.")
        return piece
