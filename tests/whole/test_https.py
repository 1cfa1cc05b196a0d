"""The whole service over HTTPS: by a certificate that it makes at its first start, and keeps."""

import http.client
import socket
import ssl
from contextlib import closing
from pathlib import Path

from bridge import config
from bridge.service import start
from bridge.service.certificates import AUTHORITY, PAGE
from tests.support.box import DEADLINE, write_config


def test_the_authority_outlives_a_restart(tmp_path: Path) -> None:
    path = write_config(tmp_path, "simulator")
    path.write_text(path.read_text().replace("[web]\n", "[web]\nhttps = own\nhttps_port = 0\n"))
    authorities: set[bytes | None] = set()
    for _ in range(2):
        with start.running(config.load(path), start.reloader(path), patience=DEADLINE) as box:
            https = box.bridge.https()
            assert https.port
            assert https.authority
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(cadata=https.authority)
            connection = http.client.HTTPSConnection(
                "127.0.0.1", https.port, timeout=DEADLINE, context=context
            )
            with closing(connection):
                connection.request("GET", "/https/trusted")
                assert connection.getresponse().status == 204
            authorities.add(https.authority)
    assert len(authorities) == 1
    assert {file.name for file in (tmp_path / "https").iterdir()} == {AUTHORITY, PAGE}


def test_a_second_port_is_the_one_that_pages_name_if_it_can_be_had(tmp_path: Path) -> None:
    path = write_config(tmp_path, "simulator")
    path.write_text(path.read_text().replace("[web]\n", "[web]\nhttps = own\nhttps_port = 0\n"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start.running(config.load(path), start.reloader(path), also_https=port) as box:
            assert box.bridge.https().port not in (None, port)
    with start.running(config.load(path), start.reloader(path), also_https=port) as box:
        assert box.bridge.https().port == port
