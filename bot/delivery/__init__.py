"""What chats are owed, how it is said, and how it leaves. All but `outbox` is pure."""
