"""Calls to AWS by the machine's own role: with nothing but what every image has, Python 3.9 and its library.

The role's credentials come from the instance's metadata (IMDSv2) and go into no file, argument or log.
"""

import hashlib
import hmac
import http.client
import json
import os
import random
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any, Optional

METADATA = os.environ.get("ELASTICWEB_METADATA", "http://169.254.169.254")
PAUSE = float(os.environ.get("ELASTICWEB_PAUSE_SECONDS", "1"))
ATTEMPTS = 8

# Passing troubles: AWS asks to come back later, the clock or the credentials were just renewed, or the permission is
# seconds old and has not arrived everywhere.
PASSING = re.compile(
    "Throttl|TooMany|RequestLimit|Expired|Contention|Unavailable|Internal|AccessDenied|InvalidClientToken"
)

# Straight to where it is asked: never by a proxy, which would see the credentials.
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """What AWS answered in place of what was asked: its code, never its text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def say(text: str) -> None:
    """Tell the log, and with it the console."""
    sys.stderr.write(f"elasticweb: {text}\n")
    sys.stderr.flush()


def metadata(path: str) -> Optional[str]:
    """Return an item of the instance's metadata, or None when there is none."""
    trouble = ""
    for attempt in range(ATTEMPTS):
        try:
            ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
            token = _send(f"{METADATA}/latest/api/token", ttl, method="PUT").decode()
            found = _send(f"{METADATA}/latest/meta-data/{path}", {"X-aws-ec2-metadata-token": token})
            return found.decode()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            trouble = str(error.code)
        except (OSError, http.client.HTTPException) as error:
            trouble = type(error).__name__
        _wait(attempt)
    raise Refused(f"no metadata ({trouble})")


def ask_json(service: str, region: str, target: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Call an operation of a service that speaks JSON."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    return json.loads(_ask(service, region, json.dumps(parameters).encode(), headers))


def ask_query(service: str, region: str, parameters: Mapping[str, str]) -> ET.Element:
    """Call an operation of a service that speaks the older query protocol; return its answer without namespaces."""
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    query = urllib.parse.urlencode(parameters)
    return ET.fromstring(re.sub(rb' xmlns="[^"]*"', b"", _ask(service, region, query.encode(), headers)))


def _ask(service: str, region: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    domain = metadata("services/domain") or "amazonaws.com"
    url = os.environ.get("AWS_ENDPOINT_URL") or f"https://{service}.{region}.{domain}"
    code = ""
    for attempt in range(ATTEMPTS):
        try:
            return _send(url, _signed(service, region, url, body, headers), method="POST", body=body)
        except urllib.error.HTTPError as error:
            code = _code(error.read().decode(errors="replace")) or str(error.code)
            if error.code < 500 and error.code != 429 and not PASSING.search(code):
                raise Refused(code) from None
        except (OSError, http.client.HTTPException) as error:
            code = type(error).__name__
        if attempt + 1 < ATTEMPTS:
            say(f"{service} did not answer ({code}), asking again")
            _wait(attempt)
    raise Refused(code)


def _send(url: str, headers: Mapping[str, str], method: str = "GET", body: Optional[bytes] = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
    with _http.open(request, timeout=10) as answer:
        return answer.read()


def _wait(attempt: int) -> None:
    """Wait longer each time, and servers that started together not equally long."""
    time.sleep(PAUSE * min(20, 2**attempt) * random.uniform(0.5, 1))


def _code(answer: str) -> Optional[str]:
    found = re.search(r'"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"|<Code>([\w.]+)</Code>', answer)
    return None if found is None else found.group(1) or found.group(2)


def _signed(service: str, region: str, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with a signature (IAM user guide, "Create a signed AWS API request")."""
    role = metadata("iam/security-credentials/")
    keys: dict[str, str] = json.loads(metadata(f"iam/security-credentials/{role}") or "{}") if role else {}
    if keys.get("Code") != "Success":
        raise Refused("no credentials")
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    host = urllib.parse.urlsplit(url).netloc
    headers = {**headers, "host": host, "x-amz-date": now, "x-amz-security-token": keys["Token"]}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys['SecretAccessKey']}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    authorization = f"Credential={keys['AccessKeyId']}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {authorization}"}
