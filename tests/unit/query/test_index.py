"""The index answers as trying each list would, and forgets at once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.query.compile import compile_query
from bot.query.index import QueryIndex
from bot.query.match import Asked, ItemWords, fold_item, match
from bot.query.tree import Query
from bot.text.fold import fold_words

WORDS = [
    "potash",
    "lime",
    "sanctions",
    "sanctioned",
    "court",
    "вызвалены",
    "вызвалілі",
    "Статкевич",
    "Statkevich",
]
TERMS = [
    *WORDS, "sanct*", "вы*", '"potash court"', "lime-court", "topic:release", "topic:sanctions", "lang:be", "owner:a",
    "source:s", "person:Statkevich", "released>=10", "released<3",
]  # fmt: skip
QUERIES = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]} {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} OR {0[1]})".format),
        inner.map("-({0})".format),
    ),
    max_leaves=5,
).map(compile_query)
LISTS = st.lists(QUERIES, min_size=1, max_size=3)
ITEMS = st.lists(st.sampled_from(WORDS), max_size=5).map(lambda words: fold_item(" ".join(words), "", None))
FACTS = st.builds(
    Asked,
    topics=st.frozensets(st.sampled_from(["release", "sanctions"])),
    sources=st.just(frozenset({"s"})),
    owner=st.sampled_from(["a", "b"]),
    language=st.sampled_from(["be", "en"]),
    people=st.sampled_from([(), (tuple(word.keys for word in fold_words("Mikola Statkevich")),)]),
    released=st.one_of(st.none(), st.integers(0, 20)),
)


def brute(lists: dict[int, list[Query]], words: ItemWords, asked: Asked) -> list[int]:
    return [chat for chat, entries in sorted(lists.items()) if match(entries, words, asked).matched]


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.integers(1, 50), LISTS, max_size=12),
    st.dictionaries(st.integers(1, 50), LISTS, max_size=4),
    st.sets(st.integers(1, 50)),
    ITEMS,
    FACTS,
    st.dictionaries(st.sampled_from(["w:potash", "w:lime"]), st.integers(0, 9)),
)
def test_the_index_equals_brute_force(
    lists: dict[int, list[Query]],
    changed: dict[int, list[Query]],
    removed: set[int],
    words: ItemWords,
    asked: Asked,
    commonness: dict[str, int],
) -> None:
    index = QueryIndex(commonness)
    for chat, entries in lists.items():
        index.put(chat, entries)
    assert index.find(words, asked) == brute(lists, words, asked)
    for chat, entries in changed.items():
        index.put(chat, entries)
    for chat in removed:
        index.remove(chat)
    left = {chat: entries for chat, entries in {**lists, **changed}.items() if chat not in removed}
    assert index.find(words, asked) == brute(left, words, asked)
    assert len(index) == len(left)


def test_a_chat_hangs_on_its_rarest_word() -> None:
    index = QueryIndex({"w:sanctions": 90, "w:potash": 2})
    index.put(1, [compile_query("sanctions potash")])
    assert index.candidates(fold_item("sanctions on lime", "", "en"), Asked()) == set()
    assert index.candidates(fold_item("potash", "", "en"), Asked()) == {1}


def test_a_removed_chat_is_found_no_more_and_can_come_back() -> None:
    index = QueryIndex()
    potash = fold_item("potash", "", "en")
    index.put(7, [compile_query("potash")])
    index.remove(7)
    assert (index.find(potash, Asked()), 7 in index) == ([], False)
    index.put(7, [compile_query("potash")])
    assert index.find(potash, Asked()) == [7]
