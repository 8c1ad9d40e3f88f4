"""Keyword queries: parse what people type, match it against items, index those of many chats.

Pure. The grammar is that of the README's page for subscribers: words that must all occur, "a phrase", a OR b,
-word, !word, parentheses, prefix*, and the fields topic: source: owner: lang: person: released>=10.
"""
