"""Reads back what the library wrote, with Python's standard library only: the second parser of T17-T20.

Questions come in as JSON, one a line, and answers go out in the same order: multipart bodies ("body" in hex, with their
"content_type"), forms ("form") and Basic credentials ("basic").
"""

import base64
import email.parser
import hashlib
import json
import sys
import urllib.parse


def multipart(content_type, body):
    # As Latin-1 every byte is one character, whatever it means, so nothing is guessed about encodings.
    text = f"Content-Type: {content_type}\r\n\r\n" + body.decode("latin-1")
    message = email.parser.Parser().parsestr(text)
    if not message.is_multipart():
        return {"error": "not a multipart message"}
    return {
        "preamble": message.preamble or "",
        "epilogue": message.epilogue or "",
        "defects": [type(defect).__name__ for part in message.walk() for defect in part.defects],
        "parts": [part_of(part) for part in message.get_payload()],
    }


def part_of(part):
    def parameter(name):
        value = part.get_param(name, header="content-disposition")
        return None if value is None else value.encode("latin-1").decode("utf-8")

    payload = part.get_payload()
    return {
        "headers": [name.lower() for name in part.keys()],
        "parameters": [name for name, _ in part.get_params(header="content-disposition")],
        "name": parameter("name"),
        "filename": parameter("filename"),
        "content_type": part["content-type"],
        "sha256": hashlib.sha256(payload.encode("latin-1")).hexdigest() if isinstance(payload, str) else None,
    }


def basic(credentials):
    identity, secret = base64.b64decode(credentials, validate=True).decode("ascii").split(":")
    return [urllib.parse.unquote_plus(identity, errors="strict"), urllib.parse.unquote_plus(secret, errors="strict")]


def answer(question):
    if "body" in question:
        return multipart(question["content_type"], bytes.fromhex(question["body"]))
    if "form" in question:
        return urllib.parse.parse_qsl(question["form"], keep_blank_values=True, strict_parsing=True, errors="strict")
    return basic(question["basic"])


sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
