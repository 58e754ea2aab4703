"""A letter as a mail draft: a file that opens unsent in a mail program, and a short link with address and subject."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from bot.domain.letters import Letter, Signature
from bot.domain.plain_text import without_invisible_signs
from bot.services.ports.files import File

LINK_SUBJECT = 60
"""Characters of the subject in a link, which people see with every space written out; the file has the whole of it."""


def letter_as_mail(letter: Letter, signature: Signature | None = None) -> File:
    """Give an unsent mail: no sender; an addressee only where the directory of Members states one."""
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    if to := _address(letter):
        mail["To"] = to
    mail["Subject"] = _one_line(letter.subject)
    mail.set_content(letter.as_mail(signature) + "\n", charset="utf-8", cte="base64")
    return File("letter.eml", "message/rfc822", mail.as_bytes())


def mailto(letter: Letter) -> str:
    """Give a short ``mailto:`` link with address and subject, or nothing where no address is stated. The text is in the file."""
    to, subject = _address(letter), _one_line(letter.subject)
    if len(subject) > LINK_SUBJECT:
        subject = subject[:LINK_SUBJECT].rpartition(" ")[0]
    return f"mailto:{quote(to, safe='@')}?subject={quote(subject, safe='')}" if to else ""


def _address(letter: Letter) -> str:
    stated = letter.recipient.member.email.strip() if letter.recipient.member is not None else ""
    local, at, host = stated.partition("@")
    plain = stated.isascii() and stated.isprintable() and not set(' ,;:<>()[]"\\') & set(stated)
    return stated if local and at and host and "@" not in host and plain else ""


def _one_line(text: str) -> str:
    return " ".join(without_invisible_signs(text).split())
