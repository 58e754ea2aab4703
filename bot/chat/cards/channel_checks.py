"""What a look at a channel found, and how each missing permission is given."""

from __future__ import annotations

from bot.services.ports.sending import ChannelCheck

FIXES = {
    "View Channel": "let the Postbag role see the channel: Channel settings → Permissions → Postbag → View Channel",
    "Send Messages": "let it write there: Channel settings → Permissions → Postbag → Send Messages",
    "Embed Links": "let it show its links: Channel settings → Permissions → Postbag → Embed Links",
    "Attach Files": "let it add calendar files and pictures: Channel settings → Permissions → Postbag → Attach Files",
    "Read Message History": (
        "let it check, after an interruption, whether a message arrived: "
        "Channel settings → Permissions → Postbag → Read Message History"
    ),
}


def check_lines(check: ChannelCheck | None) -> str:
    """Say what the bot may do in the chosen channel, naming each missing permission and its fix."""
    if check is None:
        return "You haven't chosen a channel yet, so Postbag posts nothing."
    if not check.exists:
        return (
            "**Postbag can't see the channel.** It was deleted, or Postbag has no permission to view it. "
            "Choose another, or give Postbag *View Channel* there."
        )
    if not check.missing:
        return f"Postbag has every permission it needs in <#{check.channel_id}>."
    lines = [f"**Missing in <#{check.channel_id}>:**"]
    lines += [f"- **{name}**: {FIXES[name]}" for name in check.missing]
    return "\n".join(lines)
