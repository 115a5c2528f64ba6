"""Limits, the secret of the installation, what is signed with it, and what a new password must be like."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from purveyor.core.refusals import Invalid
from purveyor.secret_key import KEY_FILE, SecretKey, secret_key_of
from purveyor.settings import Settings, SettingsError
from purveyor.web.auth.passwords import check_password, hash_password, is_outdated, is_password
from purveyor.web.auth.second_factor import recovery_hash
from purveyor.web.http import rate_limits
from purveyor.web.http.problem_details import Problem
from purveyor.web.http.rate_limits import RateLimit


class Watch:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def tries(limit: RateLimit, key: str, count: int) -> int:
    """How many of so many tries are let through."""
    let = 0
    for _ in range(count):
        try:
            limit.take(key)
        except Problem:
            continue
        let += 1
    return let


def test_so_many_at_once_then_one_at_a_time() -> None:
    watch = Watch()
    limit = RateLimit("orders", most=3, every_s=10, clock=watch)

    assert tries(limit, "a", 5) == 3
    assert tries(limit, "b", 1) == 1, "others are not concerned"
    assert limit.wait_s("a") == 10
    watch.s = 9.5
    with pytest.raises(Problem, match=r"Too many orders. Try again in 1 second\.") as problem:
        limit.take("a")
    assert (problem.value.status, problem.value.headers) == (429, {"Retry-After": "1"})
    watch.s = 10
    assert tries(limit, "a", 2) == 1
    watch.s = 40
    assert tries(limit, "a", 5) == 3, "never more than at first"
    limit.forgive("a")
    assert tries(limit, "a", 5) == 3


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MOST_KEPT", 10)
    watch = Watch()
    limit = RateLimit("orders", most=1, every_s=10, clock=watch)
    for number in range(100):
        limit.take(str(number))

    assert len(limit._full_at) == 10
    watch.s = 20
    limit.take("new")
    assert list(limit._full_at) == ["new"]


def test_the_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    key = secret_key_of(None, folder)

    assert len(key) == 32
    assert secret_key_of(None, folder) == key
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert secret_key_of(None, tmp_path / "other") != key


async def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    keys = await asyncio.gather(*(asyncio.to_thread(secret_key_of, None, tmp_path) for _ in range(8)))

    assert len(set(keys)) == 1


def test_a_secret_that_is_set_needs_no_file_and_a_broken_file_is_told(tmp_path: Path) -> None:
    given = "x" * 32
    assert secret_key_of(given, tmp_path) == secret_key_of(given, tmp_path / "elsewhere")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ValueError, match=r"has 5 bytes, but must have 32\. Delete it"):
        secret_key_of(None, tmp_path)


def test_a_short_secret_is_refused_and_not_told() -> None:
    with pytest.raises(SettingsError, match="at least 32 characters") as error:
        Settings.from_environment({"PURVEYOR_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(error.value)


def test_what_is_closed_is_opened_for_its_purpose_and_by_its_key_only() -> None:
    seal = SecretKey(b"k" * 32)
    kept = seal.closed("webhook secret", "whsec_naïve")

    assert "naïve" not in kept
    assert seal.opened("webhook secret", kept) == "whsec_naïve"
    assert seal.closed("webhook secret", "whsec_naïve") == kept, "a request that is sent again is the same"
    assert seal.closed("webhook secret", "whsec_naive")[8:24] != kept[8:24], "no two texts share a nonce"
    assert seal.opened("webhook secret", "in clear, as before") == "in clear, as before"
    strangers = [(SecretKey(b"l" * 32), "webhook secret", kept), (seal, "second factor", kept)]
    broken = [(seal, "webhook secret", text) for text in (kept[:-2], f"{kept[:-4]}AAAA", "sealed1:", "sealed1:x")]
    for by, purpose, text in strangers + broken:
        with pytest.raises(ValueError, match="sealed under another secret_key"):
            by.opened(purpose, text)


def test_what_is_sealed_is_read_for_its_purpose_and_by_its_key_only() -> None:
    seal = SecretKey(b"k" * 32)
    sealed = seal.seal("ticket", "naïve text")

    assert seal.unseal("ticket", sealed) == "naïve text"
    assert seal.unseal("other", sealed) is None
    assert SecretKey(b"l" * 32).unseal("ticket", sealed) is None
    for broken in ("", ".", "x", sealed[1:], sealed + "x", sealed.replace(".", ""), "é.é", "_w.x"):
        assert seal.unseal("ticket", broken) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevenchars", "must be 12 to 256 characters; you sent 11 characters"),
        ("x" * 257, "you sent 257 characters"),
        ("abcabcabcabcabc", "different characters"),
        ("ADA.lovelace is great", "login or name"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_and_not_repeated(password: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        check_password(password, "ada.lovelace", "Ada", "Lovelace")
    assert password not in str(refusal.value)
    check_password("twelve chars", "ada.lovelace", "Ada", "Lovelace")


async def test_a_password_is_known_by_its_hash_however_it_is_composed() -> None:
    hashed = await hash_password("caf\u00e9 au lait, s'il vous plait")

    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await is_password(hashed, "cafe\u0301 au lait, s'il vous plait")
    assert not await is_password(hashed, "cafe au lait, s'il vous plait")
    assert not await is_password("", "the password of nobody")
    assert not await is_password("nonsense", "nonsense")
    assert not is_outdated(hashed)
    assert hashed != await hash_password("caf\u00e9 au lait, s'il vous plait")


def test_a_recovery_code_is_read_as_people_type_it() -> None:
    assert recovery_hash("ABCD efgh-jkmn 2345") == recovery_hash("abcd-efgh-jkmn-2345")
    assert recovery_hash("abcd-efgh-jkmn-2346") != recovery_hash("abcd-efgh-jkmn-2345")
