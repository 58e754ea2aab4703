"""Other places and peoples that Parliament speaks of, so that what is about one is not shown under another that it only names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from bot.domain.look_words import words_of

_HOME = {"xinjiang": "xinjiang uyghur uyghurs uighur uighurs turkistan turkestan"}
_PLACES = """
afghanistan afghan afghans; albania albanian; armenia armenian armenians; azerbaijan azerbaijani; bahrain bahraini;
bangladesh bangladeshi; belarus belarusian; bosnia bosnian srebrenica; burundi; cambodia cambodian; cameroon; chad;
colombia colombian; congo congolese drc; cuba cuban; darfur sudan sudanese; egypt egyptian; eritrea eritrean; ethiopia
ethiopian tigray tigrayan; gaza palestine palestinian palestinians; georgia georgian; haiti haitian; india indian
kashmir; indonesia indonesian papua; iran iranian iranians; iraq iraqi yazidi yazidis isis daesh; israel israeli
israelis; japan japanese; kazakhstan kazakh; kenya kenyan; kosovo; kyrgyzstan; lebanon lebanese; libya libyan; mali;
mexico mexican; moldova; mongolia mongolian; myanmar burma rohingya rohingyas; nicaragua; nigeria nigerian; pakistan
pakistani ahmadi; philippines; qatar qatari; russia russian wagner chechnya; rwanda rwandan; saudi; serbia serbian;
sahel; somalia somali; syria syrian kurds; taiwan taiwanese; tajikistan; thailand thai; tibet tibetan tibetans;
tunisia; turkey turkish turkiye; turkmenistan; uganda ugandan; ukraine ukrainian ukrainians crimea; uzbekistan uzbek;
venezuela venezuelan; vietnam vietnamese; yemen yemeni houthi houthis; zimbabwe
"""
_PAIRS = {
    ("hong", "kong"): "hong kong",
    ("north", "korea"): "korea",
    ("sri", "lanka"): "sri lanka",
    ("falun", "gong"): "falun gong",
}

_NAMES = {word: names.split()[0] for names in _PLACES.replace("\n", " ").split(";") for word in names.split()}
_NAMES |= {word: home for home, names in _HOME.items() for word in names.split()}

IN_PASSING = 2
"""So many other places beside it, and a sentence lists places."""


def places_in(words: Sequence[str]) -> frozenset[str]:
    """Give the places and peoples that words name, each under one name."""
    found = {_NAMES[word] for word in words if word in _NAMES}
    return frozenset(found | {_PAIRS[pair] for pair in pairwise(words) if pair in _PAIRS})


def home_of(must: Collection[str]) -> frozenset[str]:
    """Give the places that a report's own words name. None: it is about no place, so every place may be its own."""
    return frozenset(name for term in must for name in places_in(words_of(term)))


def others_in(text: str, home: frozenset[str]) -> frozenset[str]:
    """Give the other places that a text names; none where the report is about no place."""
    return places_in(words_of(text)) - home if home else frozenset()
