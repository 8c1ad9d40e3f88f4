"""Chat platforms, one folder or module each; `bot.app` finds them by name."""
