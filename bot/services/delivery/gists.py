"""What the report behind a clock asked for, as a post of one group says it."""

from __future__ import annotations

from datetime import date

from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import NotFound
from bot.domain.report_gist import Gist, gist_of
from bot.services.delivery.words import Gists
from bot.services.reports import ReportService


def gists_from(reports: ReportService) -> Gists:
    """Give what looks up the report behind a clock, as the clock's group knows it on a day."""

    def gist(deadline: Deadline, today: date) -> Gist | None:
        if deadline.kind is not DeadlineKind.GOVERNMENT_RESPONSE or not deadline.report:
            return None
        try:
            report = reports.for_group(deadline.guild_id).report(deadline.report)
        except NotFound:
            return None  # The group's own report was deleted: its clock stays, and says when and not what.
        is_answered = deadline.received_on is not None and deadline.received_on <= today
        return gist_of(report, answered=is_answered)

    return gist
