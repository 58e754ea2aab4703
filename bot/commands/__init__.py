"""Jobs of the terminal, one module per noun, mounted by ``bot.cli``."""
