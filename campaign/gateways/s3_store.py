"""Files in a bucket that speaks S3: Amazon's, or any other that does. The bucket stays private; only this site reads it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from campaign.gateways.file_store import FileStoreUnavailable
from campaign.setting_values import is_loopback

CONNECT_SECONDS, READ_SECONDS = 3, 15
RETRIES = 2


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is, and who we are there."""

    host: str  # with its port
    name: str
    key: str
    secret: str
    region: str
    is_secure: bool


def read_bucket(url: str) -> Bucket:
    """Read `s3://KEY:SECRET@host/bucket?region=…`; only a server on this machine is spoken to without TLS."""
    parts = urlsplit(url)
    return Bucket(
        host=parts.netloc.rpartition("@")[2],
        name=parts.path.strip("/"),
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
        is_secure=not is_loopback(url),
    )


class S3Files:
    """Files in a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket.name
        pool = PoolManager(
            timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=Retry(total=RETRIES, backoff_factor=0.1),
        )
        self._client = Minio(
            endpoint=bucket.host,
            access_key=bucket.key,
            secret_key=bucket.secret,
            secure=bucket.is_secure,
            region=bucket.region,
            http_client=pool,
        )

    def put(self, name: str, body: bytes, *, mimetype: str) -> None:
        with _errors():
            self._client.put_object(
                bucket_name=self._bucket,
                object_name=name,
                data=io.BytesIO(body),
                length=len(body),
                content_type=mimetype,
            )

    def get(self, name: str) -> bytes | None:
        with _errors():
            try:
                answer = self._client.get_object(bucket_name=self._bucket, object_name=name)
            except S3Error as error:
                if error.code == "NoSuchKey":
                    return None
                raise
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, name: str) -> None:
        with _errors():
            self._client.remove_object(bucket_name=self._bucket, object_name=name)


@contextmanager
def _errors() -> Iterator[None]:
    """Turn what the client raises into our own error, which names no key."""
    try:
        yield
    except S3Error as error:
        raise FileStoreUnavailable(str(error.code)) from error
    except (MinioException, HTTPError, OSError) as error:
        raise FileStoreUnavailable(type(error).__name__) from error
