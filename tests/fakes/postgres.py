"""A PostgreSQL of the tests' own: the one that VESTKA_TEST_POSTGRES names, or one started here."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_binaries() -> Path | None:
    """The folder with initdb and pg_ctl: on the PATH, or where Debian's packages put them."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.insert(0, Path(on_path).resolve().parent)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Start a server on loopback that keeps nothing; the URL of its maintenance database."""
    with tempfile.TemporaryDirectory(prefix="vestka-postgres-") as folder:
        owner = _server_owner()
        data = Path(folder) / "data"
        data.mkdir()
        for path in (Path(folder), data):
            os.chown(path, *owner)
        port = _free_port()
        run = _runner(owner)
        run(binaries / "initdb", "-D", data, "-U", "vestka", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        run(binaries / "pg_ctl", "-D", data, "-o", settings, "-l", Path(folder) / "log", "-w", "start")
        try:
            yield f"postgresql://vestka@127.0.0.1:{port}/postgres"
        finally:
            run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _server_owner() -> tuple[int, int]:
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    raise RuntimeError("no user to run PostgreSQL as")


def _runner(owner: tuple[int, int]):
    def run(*command: object) -> None:
        options = {"user": owner[0], "group": owner[1]} if os.geteuid() == 0 else {}
        subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd="/", **options)

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
