"""Reviewed tables by which a party or a post says what a Member can do for a constituent."""

from __future__ import annotations

import re

from bot.domain.members import MemberRole, fold

# Members of these parties do not take their seats. Each row names where that can be read; a row is added only after review.
ABSTAINING_PARTIES = {
    "sinn fein": "https://www.irishnews.com/news/northern-ireland/"
    "why-do-sinn-fein-not-take-their-seats-in-westminster-partys-abstentionist-policy-explained-MN6HHXH7VNGFJEXTS6MRTL6RXU/",
    "tir threana invented": "the invented party of the rehearsal room",
}

# Whips carry the names of household and Treasury offices: https://www.parliament.uk/about/mps-and-lords/principal/whips/
_WHIP = re.compile(
    r"\bwhip\b|lord commissioner|comptroller of .*household|treasurer of .*household|vice[- ]chamberlain"
    r"|parliamentary secretary to the treasury",
    re.IGNORECASE,
)
# Posts that a list of the Government may hold whose holders are not ministers; what they may ask for is not sure.
_NOT_A_MINISTER = re.compile(
    r"parliamentary private secretary|church estates commissioner|\benvoy\b|\badviser\b|\bchampion\b", re.IGNORECASE
)


def role_of_posts(posts: list[str]) -> MemberRole:
    """Give the role that a Member's government posts make: minister before whip, unknown where none is either."""
    kinds = {_role_of(post) for post in posts}
    for role in (MemberRole.MINISTER, MemberRole.WHIP):
        if role in kinds:
            return role
    return MemberRole.UNKNOWN


def _role_of(post: str) -> MemberRole:
    if _NOT_A_MINISTER.search(post):
        return MemberRole.UNKNOWN
    return MemberRole.WHIP if _WHIP.search(post) else MemberRole.MINISTER


def abstains(party: str) -> bool:
    """Tell whether Members of a party do not take their seats."""
    return fold(party) in ABSTAINING_PARTIES
