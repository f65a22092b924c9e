"""A rehearsal of a folder fills another one, and that one goes."""

from __future__ import annotations

import dataclasses

from playbooks.migration.order.rehearse import rehearse


def test_it_goes_beside_the_target_and_away_again(ends):
    waited = rehearse("w1/kho", [ends.move], lambda *_: None)

    assert waited > 0
    assert not ends.new.exists()
    assert not list(ends.new.parent.glob("*.rehearsal"))
    assert (ends.old / "hồ sơ" / "đơn 1.txt").exists()


def test_each_of_two_folders_is_rehearsed(ends):
    other = dataclasses.replace(
        ends.move,
        name="other",
        target=dataclasses.replace(ends.move.target, path=f"{ends.new} 2"),
    )
    said = []

    rehearse("w1/kho", [ends.move, other], lambda act, about, data: said.append((act, data)))

    filled = [data["step"] for act, data in said if act == "migration.done"]
    assert filled.count("check") == 2
