"""What looks like a secret is masked, and nothing else is."""

from __future__ import annotations

import pytest

from sen.migration.masking import masked


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("--password=Mat-khau", "--password=***"),
        ("PGPASSWORD=x psql", "PGPASSWORD=*** psql"),
        ("https://an:mat@khau.vn/a", "https://an:***@khau.vn/a"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("api_key: 'k-1', x", "api_key: '***', x"),
        ("https://cho.vn/?token=1&a=2", "https://cho.vn/?token=***&a=2"),
        (["set", "--api-key", "k", "on"], ["set", "--api-key", "***", "on"]),
        (["--admin-password", "k"], ["--admin-password", "***"]),
    ],
)
def test_a_secret_is_masked(given, found):
    assert masked({"a": [given]}) == {"a": [found]}


@pytest.mark.parametrize(
    "given",
    [
        "/etc/sen/password",
        "select count(*) from token where password is null",
        "https://cho.vn:8443/a@b",
        "--password-file=/etc/sen/a",
        {"password_file": "/etc/sen/a"},
        ["--password-file", "/etc/sen/a"],
        7,
        None,
    ],
)
def test_everything_else_stays(given):
    assert masked([given]) == [given]
