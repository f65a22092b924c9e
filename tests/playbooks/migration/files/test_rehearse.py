"""A rehearsal of a folder fills another one, and that one goes."""

from __future__ import annotations

from playbooks.migration.order.rehearse import rehearse


def test_it_goes_beside_the_target_and_away_again(ends):
    waited = rehearse("w1/kho", [ends.move], lambda *_: None)

    assert waited > 0
    assert not ends.new.exists()
    assert not list(ends.new.parent.glob("*.rehearsal"))
    assert (ends.old / "hồ sơ" / "đơn 1.txt").exists()
