"""What the use cases need from the world, as Protocols by subject. Storage, sources, documents and chat fit them by shape alone."""
