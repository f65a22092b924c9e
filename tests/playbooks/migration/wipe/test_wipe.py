"""What is named is overwritten, read back and told; nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.steps import Journal, Run
from playbooks.migration.wipe import Wipe, WipePlan, disk, folder
from playbooks.migration.wipe.sample import Sample, Stock, offsets
from stacks.problem import Language, ProblemError
from stacks.remote import Remote
from tests.playbooks.migration.files.conftest import program

NAME = subprocess.run(["/bin/uname", "-n"], capture_output=True, text=True, check=True).stdout
BACKUP = "restic 4f2a, restored 2026-11-20"


@pytest.fixture
def old(tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with files; whatever holds it, its file system overwrites in place."""
    monkeypatch.setattr(folder, "IN_PLACE", frozenset({told(tmp_path, "%T")}))
    program(programs, "blkdiscard", "#!/bin/sh\nexit 1\n")
    old = tmp_path / "cũ"
    (old / "hồ sơ").mkdir(parents=True)
    (old / "hồ sơ" / "đơn.txt").write_text("Nguyễn Văn A" * 900, "utf-8")
    (old / "empty").touch()
    (old / b"\xc8\xe5.doc".decode("utf-8", "surrogateescape")).write_bytes(b"old name")
    (old / "leads").symlink_to("/etc/passwd")
    (tmp_path / "beside").write_text("not named", "utf-8")
    return old


def told(path: Path, what: str) -> str:
    """Ask what kind of file system a path is on, or which."""
    words = ["/usr/bin/stat", "-f", "-c", what, str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def wipe(old: Path, **more: object) -> Wipe:
    given = {"confirm": NAME.strip(), "backup": BACKUP, "folders": [str(old)], **more}
    place = FilesPlace(Remote("old-host"), "/", as_root=False)
    here = old.parent / "moves"
    chance = random.Random(1)  # noqa: S311 - where to read
    return Wipe("kho", place, here, WipePlan.model_validate(given), chance)


def run(part: Wipe, series: str = "finish", until: str | None = None) -> dict:
    journal = Journal(part.folder / f"{series}.jsonl")
    steps = getattr(part, series)()
    return dict(Run("w1/kho", steps, journal, lambda *_: None).forward(until).facts)


def keys(caught) -> list[str]:
    return [each.key for each in caught.value.problems]


def image(old: Path, size: int) -> tuple[Path, dict[str, object]]:
    path = old.parent / "disk.img"
    path.write_bytes(os.urandom(size))
    found = path.stat()
    return path, {"path": str(path), "serial": f"{told(path, '%i')}-{found.st_ino}"}


def test_a_folder_is_overwritten_read_back_and_removed(old):
    content = (old / "hồ sơ" / "đơn.txt").read_bytes()
    run(wipe(old), "fill")
    assert len(list(old.rglob("*"))) == 5

    facts = run(wipe(old))

    assert not old.exists()
    assert (old.parent / "beside").read_text("utf-8") == "not named"
    [found] = facts["prove"]["wiped"]
    assert (found["files"], found["bytes"]) == (3, len(content) + 8)
    assert "NIST SP 800-88 Clear" in found["method"]
    [sample] = found["samples"]
    assert sample["before"] == hashlib.sha256(content[: 1 << 16]).hexdigest()
    assert sample["after"] == hashlib.sha256(bytes(len(content))).hexdigest()
    assert facts["prove"]["backup"] == BACKUP
    assert list((old.parent / "moves").glob("wipe-*")) == []


def test_a_killed_run_goes_on_with_the_samples_of_the_first(old):
    part = wipe(old)
    run(part, until="take stock")
    before = json.loads((part.folder / "wipe-kho.json").read_text("utf-8"))["stock"]
    file = old / "hồ sơ" / "đơn.txt"
    file.write_bytes(b"\1" * file.stat().st_size)  # half overwritten, say

    facts = run(part)

    after = facts["prove"]["wiped"][0]["samples"]
    assert [each["before"] for each in before[0]["samples"]] == [each["before"] for each in after]


@pytest.mark.parametrize("stock", [None, 5, "x", {"a": 1}, [1], [{}], [{"samples": [{}]}]])
def test_a_stock_that_was_edited_wipes_nothing(old, stock):
    """An empty one would end in a proof that all of nothing was wiped."""
    part = wipe(old)
    run(part, until="take stock")
    part._memory.keep(stock=stock)

    with pytest.raises(ProblemError) as caught:
        run(part)

    assert keys(caught) == ["files-memory-broken"]
    assert (old / "hồ sơ" / "đơn.txt").read_bytes().strip(b"\0")


def test_an_image_of_a_disk_is_zeros_afterwards_and_resumes_where_it_stopped(old, monkeypatch):
    path, named = image(old, 300_001)
    monkeypatch.setattr(disk, "CHUNK", 100_000)
    part = wipe(old, folders=[], disks=[named])
    run(part, until="take stock")
    part._memory.keep(**{f"at {path}": 200_000})
    kept = path.read_bytes()[:200_000]

    with pytest.raises(ProblemError) as caught:
        run(part)

    assert keys(caught) == ["wipe-not-clear"]
    assert path.read_bytes() == kept + bytes(100_001)
    part._memory.keep(**{f"at {path}": 0})
    Journal(part.folder / "finish.jsonl").put_away()
    [found] = run(part)["prove"]["wiped"]
    assert path.read_bytes() == bytes(300_001)
    assert (found["kind"], found["bytes"], found["identity"]) == ("image", 300_001, named["serial"])
    assert {each["at"] for each in found["samples"]} >= {"0", str(300_001 - 65536)}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"confirm": "somebody-else"}, "wipe-other-host"),
        ({"folders": ["/srv/not-there-at-all"]}, "wipe-lacking"),
    ],
)
def test_nothing_is_touched_where_the_order_does_not_fit(old, change, key):
    for series in ("fill", "finish"):
        with pytest.raises(ProblemError) as caught:
            run(wipe(old, **change), series)
        assert keys(caught) == [key]
        assert caught.value.problems[0].text(Language.VI)
    assert len(list(old.rglob("*"))) == 5


def test_another_disk_than_was_named_is_not_touched(old):
    path, named = image(old, 1000)
    content = path.read_bytes()

    with pytest.raises(ProblemError) as caught:
        run(wipe(old, folders=[], disks=[{**named, "serial": "WD-1"}]))

    assert keys(caught) == ["wipe-other-serial"]
    assert path.read_bytes() == content


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Path]:
    """Give a block device of two megabytes that has no serial, as many virtual disks have none."""
    (tmp_path / "backing").write_bytes(os.urandom(2 << 20))
    words = ["losetup", "--find", "--show", str(tmp_path / "backing")]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no loop device: {made.stderr.strip()}")
    device = made.stdout.strip()
    yield Path(device)
    subprocess.run(["losetup", "--detach", device], check=True)


def test_a_block_device_is_zeros_afterwards_and_known_by_its_place_and_size(
    old, device, programs, tmp_path
):
    (programs / "blkdiscard").unlink()
    with pytest.raises(ProblemError) as caught:
        run(wipe(old, folders=[], disks=[{"path": str(device), "serial": "WD-1"}]), "fill")
    assert keys(caught) == ["wipe-other-serial"]
    serial = caught.value.problems[0].values["serial"]
    assert serial == f"virtual-{2 << 20}"
    assert any((tmp_path / "backing").read_bytes())

    [found] = run(wipe(old, folders=[], disks=[{"path": str(device), "serial": serial}]))["prove"][
        "wiped"
    ]

    assert (found["kind"], found["bytes"]) == ("disk", 2 << 20)
    assert found["method"] in {disk.METHOD, disk.DISCARDED}
    assert (tmp_path / "backing").read_bytes() == bytes(2 << 20)


def test_a_block_device_in_use_is_not_touched(old, device, programs, tmp_path):
    named = {"path": str(device), "serial": f"virtual-{2 << 20}"}
    before = (tmp_path / "backing").read_bytes()
    mounted = '#!/bin/sh\ncase "$*" in *MOUNTPOINT*) echo "x1 part /srv";; esac\n'
    program(programs, "lsblk", mounted)

    with pytest.raises(ProblemError) as caught:
        run(wipe(old, folders=[], disks=[named]))

    assert keys(caught) == ["wipe-in-use"]
    assert (tmp_path / "backing").read_bytes() == before


def test_a_partition_is_known_by_its_disk(old, device, programs):
    parent = device.name[:-1]  # of loop7 the disk is loop, and the partition 7
    said = (
        f'#!/bin/sh\ncase "$*" in *PKNAME*) echo {parent};; *SERIAL*/{parent}) echo S3Z9;; esac\n'
    )
    program(programs, "lsblk", said)

    with pytest.raises(ProblemError) as caught:
        run(wipe(old, folders=[], disks=[{"path": str(device), "serial": "S3Z9"}]), "fill")

    assert caught.value.problems[0].values["serial"] == f"S3Z9-part{device.name[-1]}"


def test_a_link_a_second_name_and_a_kind_that_copies_are_refused(old, monkeypatch):
    (old.parent / "link").symlink_to(old)
    found = []
    with pytest.raises(ProblemError) as caught:
        run(wipe(old, folders=[str(old.parent / "link")]), "fill")
    found += keys(caught)
    os.link(old / "hồ sơ" / "đơn.txt", old.parent / "second")
    with pytest.raises(ProblemError) as caught:
        run(wipe(old), "fill")
    found += keys(caught)
    (old.parent / "second").unlink()
    monkeypatch.setattr(folder, "IN_PLACE", frozenset({"ext4-of-others"}))
    with pytest.raises(ProblemError) as caught:
        run(wipe(old), "fill")

    assert [*found, *keys(caught)] == ["wipe-link", "wipe-linked", "wipe-elsewhere"]


def test_what_somebody_holds_open_is_not_touched(old):
    with (old / "hồ sơ" / "đơn.txt").open("rb"), pytest.raises(ProblemError) as caught:
        run(wipe(old))

    assert keys(caught) == ["wipe-in-use"]
    assert "hồ sơ" in str(caught.value)
    assert (old / "hồ sơ" / "đơn.txt").stat().st_size > 0


def test_a_file_that_was_not_overwritten_is_found(old, programs):
    program(programs, "shred", "#!/bin/sh\nexit 0\n")

    with pytest.raises(ProblemError) as caught:
        run(wipe(old))

    assert keys(caught) == ["wipe-not-clear"]
    assert old.exists()


@pytest.mark.parametrize(
    "path", ["/", "/etc", "/usr/bin", "/var/lib", "/srv/../etc", "/srv/", "/proc/1", "srv", "/a*"]
)
def test_the_system_is_never_named(path):
    with pytest.raises(ValidationError):
        WipePlan(confirm="x", backup=BACKUP, folders=(path,))


def test_a_plan_names_something_once():
    for wrong in ((), ("/srv/a", "/srv/a"), ("/srv/a", "/srv/a/b")):
        with pytest.raises(ValidationError):
            WipePlan(confirm="x", backup=BACKUP, folders=wrong)
    good = WipePlan(confirm="x", backup=BACKUP, folders=("/srv/a", "/srv/ab"))
    assert good.samples == 64


def test_places_by_chance_have_both_ends_and_stay_within():
    found = offsets(10_000_000, 20, random.Random(7))  # noqa: S311 - where to read

    assert found[0] == 0
    assert found[-1] == 10_000_000 - 65536
    assert len(found) == 20
    assert offsets(100, 8, random.Random(7)) == [0]  # noqa: S311 - where to read


def test_a_sample_is_clear_only_when_all_is_zero():
    sample = Sample("0", 3, "x", hashlib.sha256(b"\0\0\0").hexdigest())

    assert sample.clear
    assert not replace(sample, bytes=4).clear
    assert Stock.parse(Stock("disk", "/dev/sdb", "S1", 3, 0, (sample,)).facts()).samples == (
        sample,
    )
