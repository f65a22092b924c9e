"""The chart's page tells its values as they are."""

from sen.charts import values


def test_page_is_written_from_schema_and_defaults():
    """Write it with: python -m sen.charts.values."""
    assert values.PAGE.read_text("utf-8") == values.page()


def test_table_has_each_value_once_with_its_default():
    rows = values.table().splitlines()[2:]
    keys = [row.split("`")[1] for row in rows]

    assert len(keys) == len(set(keys)) > 40
    assert '| `operator.runner` | `"job"` |' in values.table()
    assert "Must be said" in next(row for row in rows if "`image.digest`" in row)


def test_what_is_written_is_what_the_test_compares(tmp_path, monkeypatch, capsys):
    page = tmp_path / "README.md"
    page.write_text(f"before\n{values.BEGIN}\nstale row\n{values.END}\nafter\n")
    monkeypatch.setattr(values, "PAGE", page)

    values.main()

    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith("\nafter\n")
    assert values.table() in page.read_text()
    assert "stale row" not in page.read_text()
    assert "README.md" in capsys.readouterr().out
