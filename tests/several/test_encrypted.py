"""A real PostgreSQL that is spoken to over TLS, with a certificate that is made here: what is proven, and what is said where it is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import make_url, text

from bot.commands.database import _address, _copied
from bot.config import DatabaseSection, Settings
from bot.domain.errors import PostbagError, Refused
from storage.database import open_database
from storage.engines import ServerOptions, server_options
from tests.contracts.conftest import Server, running_server

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]


def certificate(*, days: int = 1) -> tuple[bytes, bytes]:
    """Make a certificate that signs itself, for 127.0.0.1 and db.example, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "db.example")])
    now = datetime.now(UTC)
    names = [x509.DNSName("db.example"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private


class Encrypted:
    """The server, where it listens, and the certificate that proves it."""

    def __init__(self, server: Server, port: int, proof: Path) -> None:
        self.server, self.port, self.proof = server, port, proof

    def settings(self, host: str, **chosen: object) -> Settings:
        url = f"postgresql+asyncpg://postbag@{host}:{self.port}/postgres"
        return Settings(database=DatabaseSection(url=url, **chosen))


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    yield from _running(tmp_path_factory.mktemp("proof"), days=1)


def _running(folder: Path, *, days: int, tls: bool = True) -> Iterator[Encrypted]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    public, private = certificate(days=days)
    proof = folder / "proof.pem"
    proof.write_bytes(public)
    settings = ("listen_addresses=127.0.0.1", f"port={port}", *(("ssl=on",) if tls else ()))
    with running_server(*settings, files={"server.crt": public, "server.key": private}) as server:
        yield Encrypted(server, port, proof)


async def is_encrypted(settings: Settings) -> bool:
    query = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    async with open_database(settings.database_url, migrate=False) as database, database.reading() as connection:
        return bool((await connection.execute(query)).scalar_one())


async def refusal(settings: Settings) -> PostbagError:
    with pytest.raises(PostbagError) as raised:
        await is_encrypted(settings)
    assert isinstance(raised.value, Refused)
    return raised.value


async def test_the_name_is_proven_with_the_certificate_that_is_given(encrypted: Encrypted) -> None:
    assert await is_encrypted(encrypted.settings("127.0.0.1", tls="verify", tls_ca=encrypted.proof))


async def test_another_name_is_refused_with_what_to_do(encrypted: Encrypted) -> None:
    said = await refusal(encrypted.settings("localhost", tls="verify", tls_ca=encrypted.proof))
    assert "another name" in said.message
    assert "database.url" in said.next_step


async def test_a_certificate_that_nobody_trusted_has_signed_is_refused(encrypted: Encrypted) -> None:
    said = await refusal(encrypted.settings("127.0.0.1", tls="verify"))
    assert "doesn't trust" in said.message
    assert "database.tls_ca" in said.next_step


async def test_encrypted_without_proof_takes_any_name(encrypted: Encrypted) -> None:
    assert await is_encrypted(encrypted.settings("localhost", tls="require"))


async def test_a_file_that_is_no_certificate_is_refused(encrypted: Encrypted, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for proof in (tmp_path / "empty.pem", tmp_path / "missing.pem"):
        said = await refusal(encrypted.settings("127.0.0.1", tls="verify", tls_ca=proof))
        assert "tls_ca" in said.message


async def test_a_certificate_that_has_expired_is_refused(tmp_path: Path) -> None:
    for expired in _running(tmp_path, days=-1):
        said = await refusal(expired.settings("127.0.0.1", tls="verify", tls_ca=expired.proof))
        assert "isn't valid today" in said.message


async def test_a_server_without_tls_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    for plain in _running(tmp_path, days=1, tls=False):
        for chosen in ({"tls": "require"}, {"tls": "verify", "tls_ca": plain.proof}):
            assert "doesn't accept encrypted" in (await refusal(plain.settings("127.0.0.1", **chosen))).message
        assert not await is_encrypted(plain.settings("127.0.0.1"))


async def test_an_address_that_is_typed_for_a_copy_is_proven_as_it_is_set(encrypted: Encrypted, tmp_path: Path) -> None:
    chosen = Settings(data=tmp_path, database=DatabaseSection(tls="verify", tls_ca=encrypted.proof, pool=3))

    def typed(host: str, own: str = "") -> str:
        return _address(chosen, f"postgresql+asyncpg://postbag@{host}:{encrypted.port}/postgres{own}")

    here = _address(chosen, str(tmp_path / "new.db"))
    assert here == f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(Refused, match="another name"):
        await _copied(here, typed("localhost"))
    assert server_options(make_url(typed("127.0.0.1")))[1] == ServerOptions(3, "verify", str(encrypted.proof))
    for own, name in (("?tls=require", "require"), ("?pool=4&tls=verify", "verify"), ("?tls=", "")):
        options = server_options(make_url(typed("localhost", own)))[1]
        assert (options.tls, options.pool) == (name, 4 if "pool" in own else 3)
