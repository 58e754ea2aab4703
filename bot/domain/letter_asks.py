"""What a writer may ask of their MP: one thing, answered by yes or no, that fits what this MP's post allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.members import MemberRole

_EVERYONE = frozenset(MemberRole)
_BACKBENCHERS = frozenset({MemberRole.BACKBENCHER})
_SEATED = frozenset({MemberRole.BACKBENCHER, MemberRole.MINISTER, MemberRole.WHIP, MemberRole.SPEAKER})
_FREE_TO_SAY = frozenset({MemberRole.BACKBENCHER, MemberRole.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``label`` names it in a list, ``words`` is the sentence in the letter.

    ``roles`` are those it fits, ``short`` the sentence in the shortest letters.
    """

    slug: str
    label: str
    words: str
    roles: frozenset[MemberRole]
    hint: str = ""
    short: str = ""

    def fits(self, role: MemberRole) -> bool:
        return role in self.roles


ASKS: dict[str, Ask] = {
    ask.slug: ask
    for ask in (
        Ask(
            "write-to-minister",
            "Write to the minister for me",
            "Please will you write to the minister responsible, ask what the Government will do about this, and send me "
            "the reply?",
            _EVERYONE,
            "Any MP can do this, ministers and the Speaker too",
            "Please will you write to the minister, and send me the reply?",
        ),
        Ask(
            "written-question",
            "Make it a written question",
            "Please will you ask the Government, in a written question, what it has done about this since the report?",
            _BACKBENCHERS,
            "Only MPs who are not ministers, whips or the Speaker do this",
            "Please will you ask the Government about this in a written question?",
        ),
        Ask(
            "your-view",
            "Tell me whether you support it",
            "Please will you tell me whether you support this recommendation?",
            _FREE_TO_SAY,
            "A plain yes or no",
            "Please will you tell me whether you support this?",
        ),
        Ask(
            "meet",
            "Meet me to talk about it",
            "Please will you meet me, in person or by video, to talk about this?",
            _SEATED,
            "At a constituency surgery or online",
            "Please will you meet me about this?",
        ),
        Ask(
            "ask-when",
            "Ask the minister when the response will come",
            "Please will you write to the minister responsible, ask when the response will come, and send me the reply?",
            _EVERYONE,
            "Any MP can do this, ministers and the Speaker too",
        ),
        Ask(
            "question-when",
            "Ask in a written question when it will come",
            "Please will you ask the Government, in a written question, when it will respond to this report?",
            _BACKBENCHERS,
            "Only MPs who are not ministers, whips or the Speaker do this",
        ),
        Ask(
            "ask-position",
            "Ask the minister where the Government stands now",
            "Please will you ask the minister responsible whether the Government of today accepts this recommendation, and "
            "send me the reply?",
            _EVERYONE,
            "Any MP can do this, ministers and the Speaker too",
        ),
        Ask(
            "question-position",
            "Ask that in a written question",
            "Please will you ask the Government, in a written question, whether it accepts this recommendation today?",
            _BACKBENCHERS,
            "Only MPs who are not ministers, whips or the Speaker do this",
        ),
        Ask(
            "table-this",
            "Table the question for me",
            "Please will you table this question, or one like it, and send me the answer?",
            _BACKBENCHERS,
            "Only MPs who are not ministers, whips or the Speaker do this",
        ),
        Ask(
            "answer-point",
            "Answer the point that was left out",
            "Please will you answer that one point?",
            _EVERYONE,
            "Any MP can do this",
        ),
        Ask(
            "reply",
            "Reply to my letter",
            "Please will you let me have a reply?",
            _EVERYONE,
            "Any MP can do this",
        ),
        Ask(
            "tell-me-more",
            "Tell me when something changes",
            "Please will you let me know when something changes?",
            _EVERYONE,
            "Any MP can do this",
        ),
    )
}
"""The reviewed table of asks, by slug. Ministers, whips and the Speaker table no questions; Members who abstain from
Parliament can still write to a minister for a constituent; where a post is not known only what any Member can do is offered."""

ROLE_NOTES: dict[MemberRole, str] = {
    MemberRole.MINISTER: "Your MP is a minister, and ministers do not table questions. They can write to a colleague for you.",
    MemberRole.WHIP: "Your MP is a whip, and whips do not table questions. They can write to a minister for you.",
    MemberRole.SPEAKER: "Your MP is the Speaker or a deputy, and does not table questions or take sides. They can write to "
    "a minister for you.",
    MemberRole.ABSTAINING: "Your MP does not take their seat at Westminster. They can still write to a minister for you.",
    MemberRole.UNKNOWN: "We do not know what post your MP holds, so only what any MP can do is offered.",
}


@dataclass(frozen=True, slots=True)
class RoleSource:
    """Where it can be read what a post lets a Member do, and when we last did."""

    title: str
    url: str
    reviewed_on: date


_GOVERNMENT = RoleSource(
    "Guide for parliamentary clerks, chapter 7, Cabinet Office: members of the Government do not ask questions",
    "https://webarchive.nationalarchives.gov.uk/+/http://www.cabinetoffice.gov.uk/parliamentary-clerk-guide/chapter7.aspx",
    date(2026, 11, 25),
)
ROLE_SOURCES: dict[MemberRole, RoleSource] = {
    MemberRole.MINISTER: _GOVERNMENT,
    MemberRole.WHIP: _GOVERNMENT,
    MemberRole.SPEAKER: RoleSource(
        "Speaker and the Chamber, UK Parliament: impartial, and there for constituents like any MP",
        "https://www.parliament.uk/business/commons/the-speaker/speaker-and-the-chamber/",
        date(2026, 11, 25),
    ),
    MemberRole.ABSTAINING: RoleSource(
        "Why do Sinn Féin not take their seats in Westminster?, The Irish News",
        "https://www.irishnews.com/news/northern-ireland/why-do-sinn-fein-not-take-their-seats-in-westminster-partys-"
        "abstentionist-policy-explained-MN6HHXH7VNGFJEXTS6MRTL6RXU/",
        date(2026, 11, 25),
    ),
}
"""The reviewed table by which an ask fits a post or not. A backbencher may do everything; of an unknown post nothing is said."""


def fitting(slugs: Sequence[str], role: MemberRole) -> tuple[Ask, ...]:
    """List the asks of a letter that fit a role, in the letter's order."""
    return tuple(ASKS[slug] for slug in slugs if ASKS[slug].fits(role))
