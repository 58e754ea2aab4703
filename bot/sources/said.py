"""The services of Parliament that are searched for what is said there, opened together, or not at all."""

from __future__ import annotations

from bot.config import SourcesSection
from bot.services.ports.coming import ComingSources
from bot.services.ports.said import SaidSources
from bot.sources.committees import CommitteesApi
from bot.sources.hansard import HansardApi
from bot.sources.http import Http
from bot.sources.motions import MotionsApi
from bot.sources.questions import QuestionsApi
from bot.sources.whats_on import WhatsOnApi


def said_sources(http: Http, addresses: SourcesSection) -> SaidSources | None:
    """Give the services to search. None: the operator turned searching off."""
    if not addresses.search_parliament:
        return None
    return SaidSources(
        QuestionsApi(http, addresses.questions_api),
        MotionsApi(http, addresses.motions_api),
        HansardApi(http, addresses.hansard_api),
    )


def coming_sources(http: Http, addresses: SourcesSection, committees: CommitteesApi) -> ComingSources | None:
    """Give the services that say what is coming up. None: the operator turned searching off."""
    if not addresses.search_parliament:
        return None
    return ComingSources(WhatsOnApi(http, addresses.whats_on_api), MotionsApi(http, addresses.motions_api), committees)
