from __future__ import annotations

from adapters.discord.buckets import KEPT, Buckets


def headers(remaining: int, resets: float, name: str = "abc") -> dict[str, str]:
    return {"X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset-After": str(resets),
            "X-RateLimit-Bucket": name}


def test_an_unknown_bucket_lets_everything_through() -> None:
    assert Buckets().bucket("POST messages", "1", 0.0).wait(0.0) == 0


def test_an_empty_bucket_is_waited_for_and_then_full_again() -> None:
    buckets = Buckets()
    buckets.learn("POST messages", "1", buckets.bucket("POST messages", "1", 0.0), headers(0, 4.0), 0.0)

    assert buckets.bucket("POST messages", "1", 1.0).wait(1.0) == 3.0
    assert buckets.bucket("POST messages", "1", 4.0).wait(4.0) == 0


def test_another_channel_has_a_bucket_of_its_own() -> None:
    buckets = Buckets()
    buckets.learn("POST messages", "1", buckets.bucket("POST messages", "1", 0.0), headers(0, 4.0), 0.0)

    assert buckets.bucket("POST messages", "2", 0.0).wait(0.0) == 0


def test_routes_of_one_name_share_a_bucket() -> None:
    buckets = Buckets()
    for route in ("PATCH messages", "DELETE messages"):
        buckets.learn(route, "1", buckets.bucket(route, "1", 0.0), headers(3, 4.0), 0.0)
    buckets.bucket("PATCH messages", "1", 1.0).remaining = 0

    assert buckets.bucket("DELETE messages", "1", 1.0).wait(1.0) == 3.0


def test_requests_on_their_way_are_counted() -> None:
    buckets = Buckets()
    bucket = buckets.bucket("POST messages", "1", 0.0)
    bucket.flying = 2

    buckets.learn("POST messages", "1", bucket, headers(2, 4.0), 0.0)

    assert bucket.wait(0.0) == 4.0


def test_an_answer_without_the_headers_says_nothing() -> None:
    buckets = Buckets()
    bucket = buckets.bucket("POST messages", "1", 0.0)

    buckets.learn("POST messages", "1", bucket, {}, 0.0)

    assert bucket.wait(0.0) == 0


def test_expired_buckets_are_dropped() -> None:
    buckets = Buckets()
    for channel in range(KEPT * 2):
        now = float(channel)
        buckets.learn("POST messages", str(channel), buckets.bucket("POST messages", str(channel), now),
                      headers(4, 5.0), now)

    assert len(buckets._known) <= KEPT + 1
