"""Names for the ids that Postbag hands around, so that one kind is never taken for another.

``GuildId``, ``ChannelId``, ``UserId``, ``RoleId`` and ``MessageId`` are Discord's; the others are Postbag's own row ids.
"""

from __future__ import annotations

from typing import NewType

GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)
MessageId = NewType("MessageId", int)

PersonId = NewType("PersonId", int)
DeadlineId = NewType("DeadlineId", int)
GroupEventId = NewType("GroupEventId", int)
ReminderId = NewType("ReminderId", int)
PersonalId = NewType("PersonalId", int)
"""A private reminder as its owner set it; each time it comes is a reminder of its own."""
DeliveryId = NewType("DeliveryId", int)
ActionId = NewType("ActionId", int)
FollowUpId = NewType("FollowUpId", int)
RecordId = NewType("RecordId", int)

ReportSlug = NewType("ReportSlug", str)
"""Short name of a report, as used in its pack's file name: ``never-again``."""
ItemKey = NewType("ItemKey", str)
"""Key of a recommendation within its report: its official number ("3") or our own key ("T-12")."""
