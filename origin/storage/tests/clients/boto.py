"""Uploads and downloads by presigned URLs, with botocore's own HTTP stack."""

import json
import pathlib
import sys

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

what, folder = sys.argv[1], pathlib.Path(sys.argv[2])
session = URLLib3Session()


def send(method, url, headers=None, data=b""):
    return session.send(AWSRequest(method=method, url=url, headers=headers or {}, data=data).prepare())


if what == "upload":
    upload = json.loads((folder / "upload.json").read_text())
    body = (folder / "file").read_bytes()
    assert upload["nextAfter"] is None and upload["requests"]
    for request in upload["requests"]:
        begin = ((request["number"] or 1) - 1) * upload["partSize"]
        answer = send(request["method"], request["url"], request["headers"], body[begin:begin + request["size"]])
        assert answer.status_code == 200, answer.text
else:
    url = json.loads((folder / "link.json").read_text())["url"]
    answer = send("GET", url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/png", answer.headers
    assert "filename*=UTF-8''%C3%9Cbersicht.png" in answer.headers["Content-Disposition"], answer.headers
    part = send("GET", url, {"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.content == answer.content[10:20]
    (folder / "got").write_bytes(answer.content)
