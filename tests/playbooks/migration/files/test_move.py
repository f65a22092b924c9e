"""Files arrive whole, follow while they are in use, and come back with what changed."""

from __future__ import annotations

import dataclasses
import os

import pytest

from playbooks.migration.files import FilesPlace
from playbooks.migration.files.transfer import served
from playbooks.migration.steps import Pulse
from stacks.problem import ProblemError
from stacks.remote import Remote
from tests.playbooks.migration.files.conftest import SYSTEMCTL, Ends, program
from tests.ssh import SSH


def keys(caught) -> list[str]:
    return [each.key for each in caught.value.problems]


def test_links_holes_rights_and_times_arrive(ends: Ends):
    whole = ends.old / "big"
    with whole.open("wb") as out:
        out.truncate(8_000_000)
        out.write(b"end")
    os.link(whole, ends.old / "same")
    (ends.old / "leads").symlink_to("big")
    (ends.old / "hồ sơ" / "đơn 1.txt").chmod(0o640)
    os.setxattr(whole, "user.agency", b"H26")

    facts = ends.run("fill")

    new = ends.new / "big"
    assert facts["first pass"]["files"] == 3
    assert facts["second pass"]["files"] == 0
    assert new.stat().st_ino == (ends.new / "same").stat().st_ino
    assert new.stat().st_blocks * 512 < 1_000_000
    assert new.stat().st_mtime_ns == whole.stat().st_mtime_ns
    assert os.getxattr(new, "user.agency") == b"H26"
    assert str((ends.new / "leads").readlink()) == "big"
    assert (ends.new / "hồ sơ" / "đơn 1.txt").stat().st_mode & 0o777 == 0o640
    verdict = ends.move.verify()
    assert verdict.good, verdict.facts()
    assert {check.name: check.looked_at for check in verdict.checks} == {
        "files": 7,
        "attributes": 7,
    }


def test_each_difference_is_named_by_its_path(ends: Ends):
    ends.run("fill")
    (ends.new / "hồ sơ" / "đơn 1.txt").write_text("Nguyễn Văn B", "utf-8")
    os.utime(ends.new / "hồ sơ" / "đơn 1.txt", ns=(0, 0))
    (ends.new / "hồ sơ" / "lạ.txt").write_text("?", "utf-8")
    (ends.new / "with\nnewline").unlink()

    found = {(each.where, each.what) for each in ends.move.verify().checks[0].differences}

    assert found == {
        ("hồ sơ/đơn 1.txt", "changed"),
        ("hồ sơ/lạ.txt", "extra"),
        ("with\nnewline", "missing"),
    }


def test_an_attribute_that_was_lost_is_a_difference(ends: Ends):
    (ends.old / "a").write_text("a", "utf-8")
    ends.run("fill")
    os.setxattr(ends.old / "a", "user.agency", b"H26")

    files, attributes = ends.move.verify().checks

    assert files.good
    assert [each.where for each in attributes.differences] == ["a"]


def test_over_and_back_and_over_again(ends: Ends):
    ends.run("fill")
    (ends.old / "late").write_text("late", "utf-8")
    assert ends.run("switch")["last pass"]["files"] == 1
    (ends.new / "hồ sơ" / "đơn 2.txt").write_text("mới", "utf-8")
    (ends.new / "late").unlink()

    facts = ends.run("back")

    assert (facts["pass back"]["files"], facts["pass back"]["deleted"]) == (1, 1)
    assert (ends.old / "hồ sơ" / "đơn 2.txt").read_text("utf-8") == "mới"
    assert not (ends.old / "late").exists()
    assert ends.again("switch")["last pass"]["files"] == 0
    assert ends.move.verify().good
    ends.run("finish")
    assert list(ends.folder.glob("files-*")) == []


def test_an_empty_or_missing_source_never_empties_the_target(ends: Ends):
    ends.run("fill")
    for path in sorted(ends.old.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()

    with pytest.raises(ProblemError) as empty:
        ends.run("switch")
    ends.old.rmdir()
    with pytest.raises(ProblemError) as missing:
        ends.run("switch")

    assert keys(empty) == keys(missing) == ["files-empty"]
    assert len(list(ends.new.rglob("*"))) == 3


def test_a_source_on_another_file_system_than_before_is_refused(ends: Ends):
    ends.run("fill")
    ends.move._memory.keep(mount="/srv/share")

    with pytest.raises(ProblemError) as caught:
        ends.run("switch")

    assert keys(caught) == ["files-not-mounted"]
    assert caught.value.problems[0].values["mount"] == "/srv/share"


def test_more_deletions_than_allowed_delete_nothing_on_the_old_host(ends: Ends):
    emptied(ends, "new")

    with pytest.raises(ProblemError) as caught:
        ends.again("back")

    assert keys(caught) == ["files-too-many-deleted"]
    assert caught.value.problems[0].values == {"count": 5, "most": 3}
    assert all((ends.old / f"{number}").exists() for number in range(5))


def test_the_switch_lists_once_and_stops_at_what_may_be_deleted(ends: Ends):
    emptied(ends, "old")

    with pytest.raises(ProblemError) as caught:
        ends.again("switch")

    assert keys(caught) == ["files-delete-stopped"]
    assert sum((ends.new / f"{number}").exists() for number in range(5)) == 2


def emptied(ends: Ends, side: str) -> None:
    """Move five files, and lose them on one side."""
    for number in range(5):
        (ends.old / f"{number}").write_text("x", "utf-8")
    ends.run("fill")
    ends.run("switch")
    for number in range(5):
        (getattr(ends, side) / f"{number}").unlink()


def test_a_target_with_files_of_others_is_not_touched(ends: Ends):
    ends.new.mkdir()
    (ends.new / "theirs").write_text("x", "utf-8")

    with pytest.raises(ProblemError) as caught:
        ends.run("fill")

    assert keys(caught) == ["files-target-in-use"]
    assert (ends.new / "theirs").exists()


def test_files_that_vanish_are_no_failure_before_the_freeze_and_one_after(ends: Ends, programs):
    program(
        programs,
        "rsync",
        '#!/bin/sh\n/usr/bin/rsync "$@"; code=$?\n'
        'case "$*" in *--server*|*--dry-run*) exit $code;; esac; exit 24\n',
    )

    assert ends.run("fill")["first pass"]["vanished"] is True
    with pytest.raises(ProblemError) as caught:
        ends.run("switch")

    assert keys(caught) == ["files-changing"]


@pytest.mark.parametrize("unicode_names", [False, True])
def test_a_writer_that_goes_on_after_the_freeze_is_found(ends: Ends, programs, unicode_names: bool):
    program(
        programs,
        "rsync",
        '#!/bin/sh\ncase "$*" in *--server*|*--dry-run*) '
        f'exec /usr/bin/rsync "$@";; esac\n/usr/bin/rsync "$@"; code=$?\n'
        f'echo more >> "{ends.old}/growing"; exit $code\n',
    )
    ends.run("fill")
    ends = dataclasses.replace(
        ends, move=dataclasses.replace(ends.move, unicode_names=unicode_names)
    )

    if unicode_names:
        with pytest.raises(ProblemError) as caught:
            ends.run("switch")
        assert keys(caught) == ["files-changing"]
    else:
        ends.run("switch")
        differences = ends.move.verify().checks[0].differences
        assert [each.where for each in differences] == ["growing"]


# The old host's connection breaks before three megabytes, with all that it ran.
CUT = """#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift 2
case "$*" in
*"--sender -l"*)
  exec setsid sh -c 'sh -c "$1" | { dd bs=64k count=40 2>&3; kill -9 0; }' cut "$*" 3>&2 ;;
esac
exec sh -c "$*"
"""


def test_a_cut_connection_is_told_and_the_next_run_goes_on(ends: Ends, programs):
    (ends.old / "big").write_bytes(os.urandom(3_000_000))
    program(programs, "ssh", CUT)
    with pytest.raises(ProblemError) as caught:
        ends.run("fill")
    assert keys(caught) == ["files-command-failed"]
    assert not (ends.new / "big").exists()
    assert (ends.new / ".sen-partial" / "big").exists()
    program(programs, "ssh", SSH)

    facts = ends.run("fill")

    assert facts["first pass"]["bytes"] < 3_000_000
    assert ends.move.verify().good


def test_a_host_without_rsync_is_named(ends: Ends, programs):
    program(programs, "ssh", "#!/bin/sh\nexit 127\n")
    with pytest.raises(ProblemError) as caught:
        ends.run("fill")
    assert keys(caught) == ["files-command-failed"]
    program(programs, "ssh", "#!/bin/sh\nexit 0\n")
    with pytest.raises(ProblemError) as caught:
        ends.run("fill")
    assert keys(caught) == ["files-no-rsync"]


def test_what_ssh_says_is_told_in_our_words(ends: Ends, programs):
    program(programs, "ssh", "#!/bin/sh\necho Permission denied >&2\nexit 255\n")

    with pytest.raises(ProblemError) as caught:
        ends.run("fill")

    assert keys(caught) == ["host-login-refused"]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "h rsync --server --sender -logDtpre.iLsfxCIvu . /x/ /etc",
        "h sh -c id",
        "h rsync --server --sender -logDtpr --log-file=/etc/passwd . /x/",
        "h rsync --server --sender -logDtpr;id . /x/",
        "h rsync --server --daemon . /x/",
    ],
)
def test_a_new_host_cannot_have_the_old_one_do_something_else(line):
    place = FilesPlace(Remote("old"), "/srv/x")

    with pytest.raises(ProblemError) as caught:
        served(line, place)

    assert keys(caught) == ["files-strange-request"]


def test_what_is_asked_is_done_on_our_folder_whatever_folder_was_named():
    place = FilesPlace(Remote("old"), "/srv/it's")

    text = served("h rsync --server --sender -logDtpre.iLsfxCIvu --numeric-ids . /x/", place)

    assert text.endswith(""". '/srv/it'"'"'s/'""")


def test_the_rate_is_limited_and_progress_told(ends: Ends):
    told, waited = [], []
    pulse = Pulse(told.append, limit=50_000, every=0, clock=lambda: 0.0, wait=waited.append)

    ends.move._check(pulse)
    slow = dataclasses.replace(ends.move, kib_a_second=100_000)
    slow._pass(pulse)

    assert told[-1].done > 60
    assert waited
    assert ends.move.verify().good


def test_services_stop_and_start_as_people_are_led_over_and_back(ends: Ends, programs):
    program(programs, "systemctl", SYSTEMCTL.format(said=ends.folder / "said"))
    ends.run("fill")
    busy = dataclasses.replace(
        ends, move=dataclasses.replace(ends.move, services=("apache2",), new_services=("php",))
    )

    busy.run("switch")
    busy.undo("switch")
    busy.run("back")

    assert (ends.folder / "said").read_text().splitlines() == [
        "stop --no-block -- apache2",
        "start -- php",
        "stop --no-block -- php",
        "start -- apache2",
        "stop --no-block -- php",
        "start -- apache2",
    ]


def test_the_target_is_too_small(ends: Ends, programs):
    one = 'case "$*" in *cũ*) echo 999999999999 x;; *) echo 1 x;; esac'
    program(programs, "du", f"#!/bin/sh\n{one}\n")

    with pytest.raises(ProblemError) as caught:
        ends.run("fill")

    assert keys(caught) == ["files-no-room"]
