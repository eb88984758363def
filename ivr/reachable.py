"""Whether Twilio can reach the line at PUBLIC_URL."""

import http.client
import ipaddress
import json
from contextlib import closing
from urllib.parse import urlsplit

SECONDS = 5
"""So long to connect, and so long for an answer."""

_OK = 200


def address_fault(public_url: str) -> str:
    """What is wrong with the address as it is written; empty where nothing is."""
    parts = urlsplit(public_url)
    if _is_private(parts.hostname or ""):
        return f"PUBLIC_URL is {public_url}, which Twilio cannot reach: write a public host name"
    if parts.scheme != "https":
        return f"PUBLIC_URL is {public_url}: write https, or callers' numbers travel in the open"
    return ""


def visit_fault(public_url: str, seconds: float = SECONDS) -> str:
    """What is wrong with what answers at the address; empty where it is this line."""
    parts = urlsplit(public_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        with closing(kind(parts.hostname or "", parts.port, timeout=seconds)) as connection:
            connection.request("GET", f"{parts.path.rstrip('/')}/health")
            answer = connection.getresponse()
            status, body = answer.status, answer.read(1000)
    except (OSError, http.client.HTTPException) as error:
        return f"nothing answers at PUBLIC_URL {public_url}, seen from this machine: {error}"
    if status == _OK and _is_alive(body):
        return ""
    return f"something else answers at PUBLIC_URL {public_url}/health (HTTP {status})"


def _is_private(host: str) -> bool:
    """Whether a host is surely none of the internet."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".test"))


def _is_alive(body: bytes) -> bool:
    try:
        return bool(json.loads(body) == {"status": "alive"})
    except ValueError:
        return False
