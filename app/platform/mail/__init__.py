"""Mail that leaves the house, in plain text, through the server the settings name. Called by jobs only."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from flask import current_app

from app.kernel import clock
from app.kernel.errors import ExternalFailure
from app.kernel.text import N_, clean

TIMEOUT_SECONDS = 20
LONGEST_SUBJECT = 150
_recipient = re.compile(r"[^\s@<>,;:\"\\()\[\]\x00-\x1f\x7f]+@[^\s@<>,;:\"\\()\[\]\x00-\x1f\x7f]+")


class MailNotSent(ExternalFailure):
    """The mail server did not take it; the job tries again."""

    code = "mail.not_sent"
    default_message = N_("The mail server did not take the mail: %(why)s")


def is_configured() -> bool:
    """Whether this house sends mail at all."""
    return bool(current_app.config.get("SMTP_HOST") and current_app.config.get("MAIL_FROM"))


def composed(to: str, subject: str, text: str) -> EmailMessage:
    """The mail. Line ends in what people typed become blanks: nothing typed is a header.

    Raises: ValueError when ``to`` is not one plain address.
    """
    if not _recipient.fullmatch(to) or len(to) > 254:
        raise ValueError("not one plain mail address")
    local, _, domain = to.rpartition("@")
    mail = EmailMessage()
    mail["From"] = str(current_app.config["MAIL_FROM"])
    mail["To"] = Address(username=local, domain=domain)
    mail["Subject"] = clean(subject, LONGEST_SUBJECT)
    mail["Date"] = format_datetime(clock.now())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


def send(to: str, subject: str, text: str) -> None:
    """Hand one mail to the server.  Raises: MailNotSent, ValueError (no mail address)."""
    mail = composed(to, subject, text)
    try:
        with _connected() as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as problem:
        raise MailNotSent(why=type(problem).__name__) from problem


def _connected() -> smtplib.SMTP:
    settings = current_app.config
    host, port, security = str(settings["SMTP_HOST"]), int(settings["SMTP_PORT"]), str(settings["SMTP_SECURITY"])
    server: smtplib.SMTP
    if security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
    if settings.get("SMTP_USER"):
        server.login(str(settings["SMTP_USER"]), str(settings["SMTP_PASSWORD"]))
    return server
