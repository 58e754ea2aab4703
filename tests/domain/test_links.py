"""Only an address that leads where it seems to lead is taken."""

from __future__ import annotations

import pytest

from bot.domain.deadline_checks import clean_link
from bot.domain.errors import Refused
from bot.domain.links import host_of, is_web_address

GOOD = [
    "https://publications.parliament.uk/pa/cm5802/cmselect/cmfaff/198/19811.htm",
    "https://example.org",
    "https://www.example.org:8443/a?b=c&d=%20e#f",
    "https://senedd.cymru/ymchwil/llŷn",
    "https://example.org/سند",
]
HIDING = [
    "http://example.org",
    "https://www.parl\u0456ament.uk/x",
    "https://gov.uk%40evil.example/x",
    "https://gov.uk@evil.example/x",
    "https://user:word@example.org/",
    "https://gov\u202e.example/x",
    "https://gov.uk\u200b.example/x",
    "https://example.org/\u202egnp.exe",
    "https://example.org/a\u2066b",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://2130706433/x",
    "https://localhost/x",
    "https://xn--/x",
    "https://-bad.example/",
    "https://exa_mple.org/",
    "https://example.org\\@evil.example",
    "https://example.org:99999/",
    "https://example.org/a b",
    "https://example.org/<b>",
    "javascript:alert(1)",
    "https:/example.org",
    "example.org",
    "https://example.org/" + "a" * 600,
]


@pytest.mark.parametrize("link", GOOD)
def test_a_plain_address_is_taken(link: str) -> None:
    assert is_web_address(link)
    assert clean_link(f" {link} ") == link


@pytest.mark.parametrize("link", HIDING)
def test_an_address_that_hides_where_it_leads_is_refused(link: str) -> None:
    assert not is_web_address(link)
    with pytest.raises(Refused, match="https://"):
        clean_link(link)


def test_a_link_is_titled_by_its_host() -> None:
    assert host_of("https://WWW.Example.org/x") == "www.example.org"
