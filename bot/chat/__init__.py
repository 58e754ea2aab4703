"""Discord: the only importer of the discord library, beside the rehearsal room."""
