"""Files in a folder and in a bucket of a real S3 server: stored, read, gone, and said to be out of reach."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import requests

from campaign.gateways.file_store import FileStore, FileStoreUnavailable, FolderFiles
from campaign.gateways.s3_store import S3Files, read_bucket


@pytest.fixture
def s3_url(tmp_path: Path) -> Iterator[str]:
    """A bucket of an S3 server of our own, on this machine alone."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    log = (tmp_path / "s3.log").open("wb")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", host.rpartition(":")[2]]
    with log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            make_bucket(host)
            yield f"s3://key:se%2Fcret@{host}/pictures?region=us-east-1"
        finally:
            server.terminate()


def make_bucket(host: str) -> None:
    """Make the bucket as soon as the server answers."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(requests.ConnectionError):
            requests.put(f"http://{host}/pictures", timeout=5).raise_for_status()
            return
        time.sleep(0.05)
    raise AssertionError("the S3 server did not start")


def behave(store: FileStore) -> None:
    name = "pictures/abc/v1/480.jpg"
    assert store.get(name) is None
    store.put(name, b"one", mimetype="image/jpeg")
    store.put(name, b"one", mimetype="image/jpeg")
    assert store.get(name) == b"one"
    store.delete(name)
    store.delete(name)
    assert store.get(name) is None


def test_a_folder_stores_files_and_says_when_it_cannot(tmp_path: Path) -> None:
    behave(FolderFiles(tmp_path / "new"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileStoreUnavailable):
        FolderFiles(tmp_path / "file").put("a/b.jpg", b"x", mimetype="image/jpeg")


def test_a_bucket_stores_files_and_says_when_it_is_out_of_reach(s3_url: str) -> None:
    behave(S3Files(read_bucket(s3_url)))
    with pytest.raises(FileStoreUnavailable, match="NoSuchBucket"):
        S3Files(read_bucket(s3_url.replace("/pictures", "/other"))).put("a", b"x", mimetype="image/jpeg")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(FileStoreUnavailable):
        S3Files(read_bucket(f"s3://key:secret@127.0.0.1:{port}/pictures")).get("a")


def test_a_bucket_elsewhere_is_spoken_to_by_tls() -> None:
    bucket = read_bucket("s3://key:a%2Fb@s3.example.org/pictures?region=eu-central-1")
    assert (bucket.host, bucket.name, bucket.secret) == ("s3.example.org", "pictures", "a/b")
    assert bucket.is_secure
    assert not read_bucket("s3://key:secret@127.0.0.1:9000/pictures").is_secure
