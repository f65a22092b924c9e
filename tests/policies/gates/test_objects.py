"""Objects are read as the API server would read them."""

import pytest

from policies.gates.objects import without_nulls


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"a": None}, {}),
        ({"a": {"b": None, "c": 0}}, {"a": {"c": 0}}),
        ({"a": [{"b": None}, None, False]}, {"a": [{}, None, False]}),
        ("text", "text"),
    ],
)
def test_fields_that_are_null_are_not_there(given, read):
    assert without_nulls(given) == read
