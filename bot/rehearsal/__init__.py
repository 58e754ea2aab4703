"""The rehearsal room: the real bot in an invented server. SimCord stands for Discord, a local server for Parliament."""
