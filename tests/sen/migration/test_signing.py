"""A report's file is signed, together with its record in the chain; another file is refused."""

from __future__ import annotations

import pytest

from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import chain_of
from sen.evidence.record import Act
from sen.local.platform import Platform
from sen.migration.signing import check, sign, signature_of


@pytest.fixture
def platform(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Platform("giay")


@pytest.fixture
def signed(platform, tmp_path):
    out = tmp_path / "báo-cáo.html"
    out.write_text("Đợt chuyển đổi")
    (record,) = chain_of(platform).append(Act("migration.report", "an", "w1", {}))
    assert sign(platform, out, record) == signature_of(out)
    return out


def test_what_was_signed_is_known_by_its_record(platform, signed):
    assert check(platform, signed) == 1


def test_a_changed_report_is_refused(platform, signed):
    signed.write_text("Đợt chuyển đổi khác")

    with pytest.raises(RefusedError, match="SHA-256"):
        check(platform, signed)


def test_another_platforms_signature_is_refused(signed):
    with pytest.raises(RefusedError, match="no known key"):
        check(Platform("khac"), signed)


def test_a_broken_signature_and_a_missing_one_are_told(platform, signed):
    signature_of(signed).write_text("[]")
    with pytest.raises(RefusedError, match="not an envelope"):
        check(platform, signed)

    signature_of(signed).unlink()
    with pytest.raises(MissingPartError):
        check(platform, signed)
