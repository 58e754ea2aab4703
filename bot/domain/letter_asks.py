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
    """One request. ``label`` names it in a list, ``words`` is the sentence in the letter, ``roles`` are those it fits.

    ``short`` is the sentence where little is written, ``spoken`` what is said to whoever answers the MP's telephone. In each
    ``{minister}`` is who is responsible today, and in ``spoken`` ``{member}`` is the MP.
    """

    slug: str
    label: str
    words: str
    roles: frozenset[MemberRole]
    hint: str = ""
    short: str = ""
    spoken: str = ""

    def fits(self, role: MemberRole) -> bool:
        return role in self.roles

    def said(self, minister: str, *, is_short: bool = False) -> str:
        """Give the sentence in a letter."""
        return (self.short if is_short and self.short else self.words).replace("{minister}", minister)

    def called(self, minister: str, member: str) -> str:
        """Give the sentence on the telephone."""
        return (self.spoken or self.words).replace("{minister}", minister).replace("{member}", member)


ANY_MP = "Any MP can do this, ministers and the Speaker too"
NOT_MINISTERS = "Ministers, whips and the Speaker can't do this"
NOBODY_KNOWN = "the minister responsible"
"""Who is asked where no department is known to answer for a recommendation today."""

ASKS: dict[str, Ask] = {
    ask.slug: ask
    for ask in (
        Ask(
            "write-to-minister",
            "Write to the minister for me",
            "Please will you write to {minister}, ask what the Government will do about this now, and send me the reply?",
            _EVERYONE,
            ANY_MP,
            "Please will you write to {minister} about this?",
            "Would {member} please write to {minister} about this?",
        ),
        Ask(
            "written-question",
            "Make it a written question",
            "Please will you ask {minister}, in a written question, what the Government has done about this, and send me the "
            "answer?",
            _BACKBENCHERS,
            NOT_MINISTERS,
            "Please will you ask {minister} about this in a written question?",
            "Would {member} please ask {minister} about this in a written question?",
        ),
        Ask(
            "your-view",
            "Tell me whether you support it",
            "Please will you tell me whether you think {minister} should do what the committee asked?",
            _FREE_TO_SAY,
            "A plain yes or no",
            "Do you think that {minister} should do what the committee asked?",
            "Would {member} please tell me whether {minister} should do what the committee asked?",
        ),
        Ask(
            "meet",
            "Meet me to talk about it",
            "Please will you meet me, in person or by video, to talk about what {minister} should do about this?",
            _SEATED,
            "At a constituency surgery or online",
            "Please will you meet me to talk about what {minister} should do?",
            "Would {member} please meet me to talk about what {minister} should do?",
        ),
        Ask(
            "ask-when",
            "Ask the minister when the response will come",
            "Please will you ask {minister} when the response will come, and send me the reply?",
            _EVERYONE,
            ANY_MP,
            "Would you ask {minister} for the overdue answer?",
        ),
        Ask(
            "question-when",
            "Ask in a written question when it will come",
            "Please will you ask {minister}, in a written question, when the Government will respond?",
            _BACKBENCHERS,
            NOT_MINISTERS,
            "Would you ask {minister}, in a written question, when the answer will come?",
        ),
        Ask(
            "ask-position",
            "Ask the minister where the Government stands now",
            "Please will you ask {minister} whether the Government now agrees with the committee, and send me the reply?",
            _EVERYONE,
            ANY_MP,
            "Would you ask if {minister} now agrees with the committee?",
        ),
        Ask(
            "question-position",
            "Ask that in a written question",
            "Please will you ask {minister}, in a written question, whether the Government now agrees with the committee?",
            _BACKBENCHERS,
            NOT_MINISTERS,
            "Would you ask, in a written question, if {minister} now agrees with the committee?",
        ),
        Ask(
            "table-this",
            "Table the question for me",
            "Please will you table this question, or one like it, and send me the answer?",
            _BACKBENCHERS,
            NOT_MINISTERS,
            "Please will you table this question?",
        ),
        Ask(
            "answer-point",
            "Answer the point that was left out",
            "Please will you answer that point, or ask {minister} to answer it?",
            _EVERYONE,
            "Any MP can do this",
            "Would you answer that, or ask {minister} to?",
        ),
        Ask(
            "reply",
            "Reply to my letter",
            "Please will you tell me whether you have written to {minister} about this?",
            _EVERYONE,
            "Any MP can do this",
            "Have you written to {minister}?",
        ),
        Ask(
            "minister-answered",
            "Has the minister answered you?",
            "Please will you tell me whether {minister} has answered your letter, and send me any reply?",
            _EVERYONE,
            "Any MP can do this",
            "Have you had a reply?",
        ),
        Ask(
            "write-again",
            "Write to the minister once more",
            "Please will you write to {minister} again, and send me the reply?",
            _EVERYONE,
            ANY_MP,
            "Please will you write again, and send me the reply?",
        ),
        Ask(
            "tell-me-more",
            "Tell me when something changes",
            "Please will you tell me what you hear from {minister}?",
            _EVERYONE,
            "Any MP can do this",
            "Please will you tell me what {minister} says?",
        ),
    )
}
"""The reviewed table of asks, by slug. Ministers, whips and the Speaker table no questions; Members who abstain from
Parliament can still write to a minister for a constituent; where a post is not known only what any Member can do is offered."""

ROLE_NOTES: dict[MemberRole, str] = {
    MemberRole.MINISTER: "Your MP is a minister, and ministers don't table questions. They can write to a colleague for you.",
    MemberRole.WHIP: "Your MP is a whip, and whips don't table questions. They can write to a minister for you.",
    MemberRole.SPEAKER: "Your MP is the Speaker or a deputy, so doesn't table questions or take sides. They can write to "
    "a minister for you.",
    MemberRole.ABSTAINING: "Your MP doesn't take their seat at Westminster. They can still write to a minister for you.",
    MemberRole.UNKNOWN: "Postbag doesn't know what post your MP holds, so it offers only what any MP can do.",
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
