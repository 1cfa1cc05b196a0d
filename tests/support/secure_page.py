"""A page that is served over HTTPS, for tests: the real server and a real certificate, with an office behind it."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.clock import Clock
from bridge.contract.https import Https
from bridge.service.certificates import Certificates
from tests.support.box import DEADLINE
from tests.support.web_bridge import Office, an_office
from web import create_app
from web.server import Server
from web.tls import Secure


@dataclass(frozen=True)
class SecurePage:
    """What a test has in hand. certificates: the box's."""

    office: Office
    server: Server
    certificates: Certificates

    @property
    def port(self) -> int:
        """Where it is served over HTTPS."""
        assert self.server.secure_port, self.server.why_not
        return self.server.secure_port

    def trust(self) -> ssl.SSLContext:
        """A client that trusts the box's authority, and nobody else."""
        assert self.certificates.authority
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.certificates.authority)
        return context

    def reached_from(self, address: str, at: str = "127.0.0.1") -> socket.socket:
        """A connection to the port for HTTPS, before any handshake."""
        return socket.create_connection((at, self.port), DEADLINE, (address, 0))

    def connected(
        self, address: str = "127.0.0.1", name: str = "localhost", at: str = "127.0.0.1"
    ) -> ssl.SSLSocket:
        """The same after it. Raises ssl.SSLError where the box cannot prove that this is its name."""
        connection = self.reached_from(address, at)
        try:
            return self.trust().wrap_socket(connection, server_hostname=name, suppress_ragged_eofs=False)
        except BaseException:
            connection.close()
            raise

    def get(self, path: str, address: str = "127.0.0.1") -> int:
        """The code with which this path answers this address over HTTPS."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=DEADLINE, source_address=(address, 0), context=self.trust()
        )
        with closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def get_plainly(self, path: str, address: str = "127.0.0.1") -> int:
        """The same without HTTPS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, DEADLINE, (address, 0))
        with closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status


@contextmanager
def a_secure_page(
    folder: Path, https: str = "own", port: int = 0, host: str = "127.0.0.1"
) -> Iterator[SecurePage]:
    """Serves one. https, port: what config.ini says of it."""
    with an_office(folder, f"https = {https}\nhttps_port = {port}") as office:
        web = office.bridge.settings().web
        certificates = Certificates(folder / "https", "textback", lambda: web.names, Clock())
        bridge = replace(
            office.bridge,
            https=lambda: Https(server.secure_port, server.port, certificates.authority, server.why_not),
        )
        secure = Secure(lambda: bridge.settings().web.https == "own", certificates.context, port)
        server = Server(create_app(bridge), host, 0, None, secure)
        server.start()
        try:
            page = SecurePage(replace(office, bridge=bridge), server, certificates)
            page.get_plainly("/login")  # finds the key of the cookies, and says: ask again
            yield page
        finally:
            server.stop()
