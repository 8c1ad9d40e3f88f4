"""What a chat platform is to us: the adapter protocol, messages, commands. It knows no platform."""
