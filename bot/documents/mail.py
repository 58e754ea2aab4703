"""A letter as a mail draft: a file that opens unsent in a mail program, and a link where it is short enough."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from bot.domain.letters import Letter, Signature
from bot.domain.plain_text import seen
from bot.services.ports import File

MOST_ENCODED = 1_800
"""Mail programs cut longer links (RFC 6068 sets no limit)."""


def letter_as_mail(letter: Letter, signature: Signature | None = None) -> File:
    """Give an unsent mail: no sender; an addressee only where the directory of Members states one."""
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    if to := _address(letter):
        mail["To"] = to
    mail["Subject"] = _one_line(letter.subject)
    by = signature or Signature()
    signed = "\n".join(filter(None, (by.signed, *by.lines)))
    mail.set_content(f"{seen(letter.text).strip()}\n\n{signed}".strip() + "\n", charset="utf-8", cte="base64")
    return File("letter.eml", "message/rfc822", mail.as_bytes())


def mailto(letter: Letter) -> str:
    """Give a ``mailto:`` link with the whole letter, or with the subject alone where that would be too long."""
    start = f"mailto:{quote(_address(letter), safe='@')}?subject={quote(_one_line(letter.subject), safe='')}"
    body = quote("\r\n".join(seen(letter.text).strip().splitlines()), safe="")
    whole = f"{start}&body={body}"
    return whole if len(whole) <= MOST_ENCODED else start


def _address(letter: Letter) -> str:
    stated = letter.recipient.member.email.strip() if letter.recipient.member is not None else ""
    local, at, host = stated.partition("@")
    plain = stated.isascii() and stated.isprintable() and not set(' ,;:<>()[]"\\') & set(stated)
    return stated if local and at and host and "@" not in host and plain else ""


def _one_line(text: str) -> str:
    return " ".join(seen(text).split())
