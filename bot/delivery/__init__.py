"""What chats are owed, how it is said, how it leaves. Pure: `plan`, `compose`, `words`, `retry`, `limits`."""
