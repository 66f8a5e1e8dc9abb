"""What a server said, made fit for an error sentence: short, one line, without the key.

Reads JSON errors, HTML titles and plain text. Trusts none of them.
"""

from __future__ import annotations

import html
import json
import re

from galaxy_core.settings import Secret

_MOST_CHARACTERS = 160
_READ_BYTES = 64 * 1024
_PLACE = r"(?:position|coordinates?|location|region|area|field|point|target|here)"
_WHOLE = r"(?:survey|footprint|coverage|sky|imaging|archive|release)"
_NEVER_LOOKED = tuple(
    re.compile(pattern)
    for pattern in (
        r"footprint|no(?:t any)? (?:sky )?coverage|not (?:be )?covered|uncovered",
        rf"(?:outside|out of|off|beyond) (?:of )?(?:the |our |this )?(?:\w+ )?{_WHOLE}",
        rf"(?:outside|out of) (?:of )?(?:the )?(?:\w+ )?(?:area|bounds|region)s?\b.*{_WHOLE}",
        rf"{_PLACE}.*(?:outside|out of (?:bounds|range)|not (?:in|within|inside) .*{_WHOLE})",
        rf"no (?:data|images?|imaging|cutouts?|pictures?|pixels|tiles?|observations?)\b.*{_PLACE}",
        r"does not overlap|no overlap",
    )
)


def said(data: bytes, *, secret: Secret | None = None) -> str:
    """Return the message inside an answer, or "" where there is none.

    Parameters
    ----------
    data : bytes
        JSON with a key that names a message, HTML with a title or heading, other XML with
        any text in it, or plain text.
    secret : Secret or None
        Removed wherever a server echoes it.

    Returns
    -------
    str
        One line of at most 160 printable characters.
    """
    if b"\0" in data[:_READ_BYTES]:
        return ""  # no text: half a picture, say
    text = data[:_READ_BYTES].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    message = _json_message(text) or _html_message(text) or _marked_up_text(text) or text
    return quotable(message, secret=secret)


def quotable(text: str, *, secret: Secret | None = None) -> str:
    """Return text fit to be quoted: one line, printable, short, without the secret."""
    if secret:
        text = re.sub(re.escape(secret.reveal()), "[key]", text, flags=re.IGNORECASE)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"


def is_json_error(data: bytes) -> bool:
    """Return whether an answer is JSON that names an error message."""
    return bool(_json_message(data[:_READ_BYTES].decode("utf-8", errors="replace").strip()))


def speaks_of_footprint(text: str) -> bool:
    """Return whether a message says that the position was never looked at."""
    return any(pattern.search(text.lower()) for pattern in _NEVER_LOOKED)


def _json_message(text: str) -> str:
    """Return the first value whose key speaks of a message or error; "" if there is none."""
    if not text.startswith(("{", "[")):
        return ""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(found, list):
        found = next((entry for entry in found if isinstance(entry, dict)), {})
    for word in ("message", "error", "detail"):
        for key, value in found.items() if isinstance(found, dict) else ():
            if word in key.lower() and isinstance(value, str) and value.strip():
                return value
    return ""


def _marked_up_text(text: str) -> str:
    """Return what stands between the tags of other XML; "" where it is none."""
    if not text.startswith("<"):
        return ""
    return html.unescape(re.sub(r"<[^<>]*>", " ", text)).strip()


def _html_message(text: str) -> str:
    """Return the heading or title of an HTML page; "" if it has none or is no HTML."""
    for tag in ("h1", "title"):
        match = re.search(rf"<{tag}\b[^>]*>([^<]{{1,500}})", text, re.IGNORECASE)
        if match:
            return html.unescape(match[1])
    return ""
