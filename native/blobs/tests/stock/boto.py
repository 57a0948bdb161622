"""What boto3 does with an S3 server."""

import hashlib
import base64
import io
import os
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
MIB = 1 << 20


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"not refused: {code}")


s3.head_bucket(Bucket="books")
assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["books"]

# Objects, with the checksum that this client adds by itself (chunks that are signed or not, trailers), and with others.
body = b"hello " * 1000
s3.put_object(Bucket="books", Key="a b/ü+1", Body=body, ContentType="text/plain", Metadata={"by": "us"})
got = s3.get_object(Bucket="books", Key="a b/ü+1", ChecksumMode="ENABLED")
assert got["Body"].read() == body and got["ContentType"] == "text/plain" and got["Metadata"] == {"by": "us"}
for algorithm in ["CRC32", "SHA1", "SHA256"]:
    s3.put_object(Bucket="books", Key=algorithm, Body=io.BytesIO(body), ChecksumAlgorithm=algorithm)
    assert s3.get_object(Bucket="books", Key=algorithm, ChecksumMode="ENABLED")["Body"].read() == body
digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
assert s3.head_object(Bucket="books", Key="SHA256", ChecksumMode="ENABLED")["ChecksumSHA256"] == digest
s3.put_object(Bucket="books", Key="given", Body=body, ChecksumSHA256=digest)
refused("BadDigest", s3.put_object, Bucket="books", Key="given", Body=b"x", ChecksumSHA256=digest)
assert s3.get_object(Bucket="books", Key="given", Range="bytes=3-5")["Body"].read() == body[3:6]
refused("NoSuchKey", s3.get_object, Bucket="books", Key="none")
refused("PreconditionFailed", s3.put_object, Bucket="books", Key="given", Body=b"x", IfNoneMatch="*")

# In parts, several at once, in both directions.
large = os.urandom(23 * MIB + 7)
config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
s3.upload_fileobj(io.BytesIO(large), "books", "large", Config=config)
out = io.BytesIO()
s3.download_fileobj("books", "large", out, Config=config)
assert out.getvalue() == large
for extra in [{"ChecksumAlgorithm": "SHA256"}, {"ChecksumAlgorithm": "CRC32"}]:
    s3.upload_fileobj(io.BytesIO(large), "books", "large", ExtraArgs=extra, Config=config)
    assert s3.get_object(Bucket="books", Key="large")["Body"].read() == large

# By hand: parts are listed in pages, and an upload can be ended.
upload = s3.create_multipart_upload(Bucket="books", Key="parts")["UploadId"]
parts = []
for number in range(1, 4):
    part = s3.upload_part(Bucket="books", Key="parts", UploadId=upload, PartNumber=number, Body=large[: 5 * MIB])
    parts.append({"PartNumber": number, "ETag": part["ETag"]})
pages = list(s3.get_paginator("list_parts").paginate(
    Bucket="books", Key="parts", UploadId=upload, PaginationConfig={"PageSize": 2}))
assert [len(page["Parts"]) for page in pages] == [2, 1], pages
assert [up["UploadId"] for up in s3.list_multipart_uploads(Bucket="books")["Uploads"]] == [upload]
s3.complete_multipart_upload(Bucket="books", Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
assert s3.head_object(Bucket="books", Key="parts")["ContentLength"] == 15 * MIB
upload = s3.create_multipart_upload(Bucket="books", Key="parts")["UploadId"]
copied = s3.upload_part_copy(
    Bucket="books", Key="parts", UploadId=upload, PartNumber=1, CopySource="books/large", CopySourceRange="bytes=1-6000000")
done = [{"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]
s3.complete_multipart_upload(Bucket="books", Key="parts", UploadId=upload, MultipartUpload={"Parts": done})
assert s3.get_object(Bucket="books", Key="parts")["Body"].read() == large[1:6000001]
upload = s3.create_multipart_upload(Bucket="books", Key="parts")["UploadId"]
s3.abort_multipart_upload(Bucket="books", Key="parts", UploadId=upload)
refused("NoSuchUpload", s3.list_parts, Bucket="books", Key="parts", UploadId=upload)

# A copy larger than the client's threshold goes in parts, too.
s3.copy({"Bucket": "books", "Key": "large"}, "books", "copied", Config=config)
assert s3.get_object(Bucket="books", Key="copied")["Body"].read() == large

# URLs of its own making.
put = s3.generate_presigned_url("put_object", Params={"Bucket": "books", "Key": "url"}, ExpiresIn=60)
urllib.request.urlopen(urllib.request.Request(put, data=b"by url", method="PUT"))
get = s3.generate_presigned_url(
    "get_object", Params={"Bucket": "books", "Key": "url", "ResponseContentDisposition": "attachment"}, ExpiresIn=60)
with urllib.request.urlopen(get) as answer:
    assert answer.read() == b"by url" and answer.headers["Content-Disposition"] == "attachment"

# Lists in pages, and many at once removed.
for number in range(25):
    s3.put_object(Bucket="books", Key=f"many/{number:02}", Body=b"")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="books", Prefix="many/", PaginationConfig={"PageSize": 10})
keys = [row["Key"] for page in pages for row in page["Contents"]]
assert len(keys) == 25 and keys == sorted(keys)
s3.delete_objects(Bucket="books", Delete={"Objects": [{"Key": key} for key in keys]})
assert s3.list_objects_v2(Bucket="books", Prefix="many/")["KeyCount"] == 0
