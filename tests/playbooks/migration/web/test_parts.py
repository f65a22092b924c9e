"""What a move of an application is made of, on folders of this machine that an ssh leads to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from playbooks.migration.files import FilesPlace
from playbooks.migration.steps import Pulse
from playbooks.migration.web import sessions, verify
from playbooks.migration.web.aside import Aside
from playbooks.migration.web.bundle import files, put, read, write
from playbooks.migration.web.change import changed, chosen
from playbooks.migration.web.install import Installation
from playbooks.migration.web.move import WebMove
from playbooks.migration.web.plan import Mail, Php, WebPlan
from playbooks.migration.web.pool import mail, pool
from playbooks.migration.web.timers import Timers
from playbooks.text.encode import encoder
from stacks.problem import ProblemError
from stacks.remote import Remote
from tests.playbooks.migration.files.conftest import SYSTEMCTL
from tests.ssh import ssh_leads_here

SITE = "dvc.hanoi.gov.vn"
TEXT = (
    "<?php\n// Kính chào quý khách đến với cổng dịch vụ công của thành phố\necho 'Trần Văn Bình';\n"
)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Give a function that puts a program before all others."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def program(name: str, text: str) -> None:
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)

    ssh_leads_here(folder, monkeypatch)
    return program


@pytest.fixture
def place(tmp_path, programs):
    folder = tmp_path / "cổng"
    folder.mkdir()
    return FilesPlace(Remote("host"), str(folder), as_root=False)


def plan(**more) -> WebPlan:
    return WebPlan.model_validate({"site": SITE, **more})


def problem(caught) -> tuple[str, str]:
    first = caught.value.problems[0]
    return first.key, first.thing


def test_text_becomes_unicode_and_settings_are_for_the_new_place(tmp_path):
    for name, secret in (("old", "cu-mo"), ("new", "moi-mo")):
        (tmp_path / name).write_text(f"{secret}\n", "utf-8")
    raw = {
        b"index.php": encoder("tcvn3")(TEXT),
        b"lib/a.php": "<?php // đã là Unicode\n".encode(),
        b"config.php": b"host=db1 secret=cu-mo",
        b"site.html": b"<p>old</p>",
    }
    (tmp_path / "page").write_bytes(b"<p>new</p>")
    found = changed(
        raw,
        plan(
            text=[{"files": ["*.php"]}],
            settings=[
                {
                    "file": "config.php",
                    "words": {"db1": "db2"},
                    "secrets": [
                        {"old_file": str(tmp_path / "old"), "new_file": str(tmp_path / "new")}
                    ],
                },
                {"file": "site.html", "whole": str(tmp_path / "page")},
            ],
        ),
    )

    assert found.files == {
        b"index.php": TEXT.encode(),
        b"config.php": b"host=db2 secret=moi-mo",
        b"site.html": b"<p>new</p>",
    }
    assert found.facts() == {
        "changed": 3,
        "encodings": {"tcvn3": 1, "utf-8": 1, "ascii": 1},
        "in_doubt": [],
        "words": 3,
    }


def test_a_file_that_reads_like_no_text_stays_and_is_named():
    noise = bytes(range(128, 256)) * 4
    page = b"<html><body>" + noise + b"</body></html>"

    found = changed({b"a.php": noise, b"b.html": page}, plan(text=[{"files": ["*"]}]))

    assert not found.files
    assert found.doubtful == ["a.php", "b.html"]


def test_a_page_is_converted_by_its_own_rules():
    page = encoder("tcvn3")("<html><body><p>Cộng hòa xã hội chủ nghĩa Việt Nam</p></body></html>")

    found = changed({b"a.html": page}, plan(text=[{"files": ["*.html"], "encoding": "tcvn3"}]))

    assert "Cộng hòa xã hội" in found.files[b"a.html"].decode()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"words": {"db9": "db2"}}, "web-not-in-settings"),
        ({"whole": "/nowhere/config.php"}, "web-no-own-file"),
        ({"secrets": [{"old_file": "OLD", "new_file": "OLD"}]}, "web-secret-not-there"),
    ],
)
def test_settings_that_do_not_fit_stop_the_move(settings, key, tmp_path):
    (tmp_path / "secret").write_text("s3cret", "utf-8")
    said = {"file": "config.php", **settings}
    if "secrets" in said:
        said["secrets"] = [dict.fromkeys(("old_file", "new_file"), str(tmp_path / "secret"))]

    with pytest.raises(ProblemError) as caught:
        changed({b"config.php": b"db1"}, plan(settings=[said]))

    assert problem(caught)[0] == key
    assert "s3cret" not in str(caught.value)


def test_only_files_that_are_there_are_chosen():
    asked = plan(
        text=[{"files": ["*.php", "*.inc"]}], settings=[{"file": "app.ini", "words": {"a": "b"}}]
    )

    assert chosen([b"a/b.php", b"c.inc", b"app.ini", b"d.png"], asked) == [
        b"a/b.php",
        b"app.ini",
        b"c.inc",
    ]
    with pytest.raises(ProblemError) as caught:
        chosen([b"a.php"], asked)
    assert sorted(each.thing for each in caught.value.problems) == ["*.inc", "app.ini"]


def test_files_are_read_and_written_with_rights_and_an_own_time(place):
    folder = Path(place.path)
    names = [b"-n.php", "đơn mới.php".encode(), b"\xb8\n.php"]
    for name in names:
        path = os.path.join(os.fsencode(folder), name)  # noqa: PTH118 - names are bytes
        with open(path, "wb") as out:  # noqa: PTH123
            out.write(name)
    (folder / "-n.php").chmod(0o600)
    folder_time = folder.stat().st_mtime_ns
    raw = read(place, names)
    assert {name: piece.data for name, piece in raw.items()} == {name: name for name in names}

    write(place, {name: piece.holding(b"new") for name, piece in raw.items()})

    assert sorted(files(place)) == sorted(names)
    assert {piece.data for piece in read(place, names).values()} == {b"new"}
    assert (folder / "-n.php").stat().st_mode & 0o777 == 0o600
    assert int((folder / "-n.php").stat().st_mtime) == int(raw[b"-n.php"].header.mtime) + 1
    assert folder.stat().st_mtime_ns == folder_time
    write(place, raw)
    assert (folder / "-n.php").read_bytes() == b"-n.php"
    assert read(place, []) == {}


def test_a_file_that_is_refused_gives_way_to_what_was_there(place):
    path = Path(place.path) / "etc" / "pool.conf"
    judge = f"! grep -q nonsense {path}"
    with pytest.raises(ProblemError):
        put(place, str(path), b"nonsense", judge=judge)
    assert not path.exists()
    put(place, str(path), b"good", "600", judge)

    with pytest.raises(ProblemError):
        put(place, str(path), b"nonsense", judge=judge)

    assert path.read_bytes() == b"good"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["pool.conf"]


@pytest.fixture
def aside(place, monkeypatch, tmp_path):
    monkeypatch.setattr("playbooks.migration.web.aside.FOLDER", str(tmp_path / "kept"))
    return Aside(place, SITE)


def test_files_go_aside_and_come_back_however_often(place, aside):
    path, link = (Path(place.path) / name for name in ("cron", "site.conf"))
    path.write_text("* * * * * x\n", "utf-8")
    link.symlink_to("../nowhere")
    paths = [str(path), str(link)]

    aside.take(paths)
    aside.take(paths)

    assert aside.there(paths) == []
    assert aside.read(str(path)) == b"* * * * * x\n"
    aside.again(paths)
    aside.again(paths)
    assert aside.there(paths) == paths
    assert link.is_symlink()
    assert aside.read(str(path)) == b"* * * * * x\n"
    aside.take([])


@pytest.fixture
def timers(place, aside, programs, monkeypatch, tmp_path):
    """Give timers of a host whose systemctl only says what it was told."""
    units = tmp_path / "units"
    units.mkdir()
    monkeypatch.setattr("playbooks.migration.web.timers.UNITS", str(units))
    active = "[ $1 = is-active ] && { shift; for each; do echo ${STATE:-active}; done; }"
    programs("systemctl", f'#!/bin/sh\necho "$@" >> {tmp_path}/said\n{active}\ntrue\n')
    crontab = Path(place.path) / "crontab"
    crontab.write_text("0 2 * * * php /old/a.php\n5 2 * * * mysqldump x\n", "utf-8")
    cron = {
        "file": "/crontab",
        "user": "www-data",
        "words": {"/old": "/new"},
        "without": ["mysqldump"],
    }
    asked = plan(cron=[cron])
    made = asked.cron[0].model_copy(update={"file": str(crontab)})
    return Timers(place, aside, asked.model_copy(update={"cron": (made,)})), units, crontab


def test_a_crontab_of_a_person_becomes_timers_without_what_stays_behind(timers, tmp_path):
    found, units, crontab = timers

    assert found.install() == [f"sen-{SITE}-1"]

    service = (units / f"sen-{SITE}-1.service").read_text("utf-8")
    assert "User=www-data" in service
    assert "php /new/a.php" in service
    assert found.start() == [f"sen-{SITE}-1.timer"]
    assert found.idle() == []
    crontab.write_text("# php /old\n# mysqldump\n", "utf-8")
    assert found.install() == []
    assert list(units.iterdir()) == []
    assert found.start() == found.stop() == found.idle() == []
    said = (tmp_path / "said").read_text("utf-8")
    assert f"enable --now -q sen-{SITE}-1.timer" in said
    assert f"disable --now -q sen-{SITE}-1.timer" in said


def test_timers_are_stopped_with_the_jobs_that_run_and_an_idle_one_is_named(
    timers, tmp_path, monkeypatch
):
    found, _, _ = timers
    found.install()
    monkeypatch.setattr("stacks.remote.environment", lambda: {**os.environ, "STATE": "failed"})

    assert found.idle() == [f"sen-{SITE}-1.timer"]
    assert found.stop() == [f"sen-{SITE}-1.timer"]
    assert f"stop sen-{SITE}-1.service" in (tmp_path / "said").read_text("utf-8")


def test_a_word_that_stays_behind_must_be_there(timers):
    found, _, crontab = timers
    crontab.write_text("0 2 * * * php /old/a.php\n", "utf-8")

    with pytest.raises(ProblemError) as caught:
        found.read()

    assert problem(caught) == ("web-not-in-settings", str(crontab))


def test_a_request_that_holds_a_session_is_waited_for(place, tmp_path):
    folder = Path(place.path)
    assert sessions.drain(place, place.path, 5) == 0

    with (folder / "sess_1").open("w"):
        assert sessions.drain(place, place.path, 0) == 1


def test_sessions_go_along_and_nothing_else_does(place, tmp_path):
    folder = Path(place.path)
    for name in ("sess_1", "sess_2", "other"):
        (folder / name).write_text(name, "utf-8")

    assert sessions.carry(place, place, place.path) == 2
    assert sessions.carry(place, place, str(tmp_path / "none")) == 0


def test_files_that_php_cannot_read_are_named_but_for_those_that_nobody_uses(place, programs):
    programs("php", '#!/bin/sh\n! grep -q ereg "$2"\n')
    for name, text in (("a.php", "ok"), ("b c.php", "ereg("), ("old.php", "ereg(")):
        (Path(place.path) / name).write_text(text, "utf-8")

    found = verify.lint(place, ["old.php"])

    assert found.looked_at == 3
    assert [each.where for each in found.differences] == ["b c.php"]


def test_the_site_must_answer_as_the_order_says(place, programs):
    programs("curl", '#!/bin/sh\nfor last; do :; done\n[ "${last%/in}" = "$last" ] && printf 200\n')
    asked = plan(answers=[{}, {"path": "/in", "status": 302}], certificate={})

    found = verify.answers(place, asked)

    assert found.looked_at == 2
    assert [each.where for each in found.differences] == ["/in: , not 302"]


def test_the_programs_that_a_new_host_lacks_are_named(place, programs):
    programs("nginx", "#!/bin/sh\n")
    asked = plan(php={"version": "9.9"}, mail={"relay": "mail.test", "sender": "a@test"})

    lacking = Installation(place, asked).missing()

    assert "php9.9-fpm" in lacking
    assert "nginx" not in lacking


def test_a_pool_belongs_to_one_site_and_keeps_its_settings_in_quotes():
    asked = plan(
        mail={"relay": "mail.test", "sender": "a@test"},
        certificate={},
        upload_mib=64,
        php={"values": {"auto_prepend_file": 'x"y'}},
    )

    text = pool(asked, asked.php or Php())

    assert text.startswith(f"[{SITE}]\n")
    assert 'php_admin_value[post_max_size] = "64M"' in text
    assert 'php_admin_value[session.cookie_secure] = "1"' in text
    assert f"msmtp -C /etc/sen/web/{SITE}/mail -t" in text
    assert 'php_admin_value[auto_prepend_file] = "x\\"y"' in text
    letters = mail(Mail(relay="mail.test", port=587, sender="a@test"))
    assert "tls on\n" in letters
    assert "port 587\n" in letters


@pytest.fixture
def new(place, monkeypatch, tmp_path):
    """Give the installation of a plan on a host whose folder for sites is of this test."""
    monkeypatch.setattr("playbooks.migration.web.pool.HOME", str(tmp_path / "sites"))
    return lambda **more: Installation(place, plan(**more))


def test_a_certificate_is_made_once_for_all_names(new, place):
    made = new(certificate={"days": 30}, aliases=["www.dvc.hanoi.gov.vn"])

    assert made.certify(place)["until"]
    chain, key = map(Path, made.certificate)
    before = chain.read_bytes()
    made.certify(place)

    assert chain.read_bytes() == before
    assert key.stat().st_mode & 0o777 == 0o600
    assert new().certify(place) == {}


def test_a_certificate_comes_with_its_own_key_or_not_at_all(new, place, tmp_path):
    first = [Path(each) for each in new(certificate={}).certificate]
    new(certificate={}).certify(place)
    kept = [each.rename(tmp_path / each.name) for each in first]
    copied = new(certificate={"copied": [str(each) for each in kept]})

    copied.certify(place)

    assert [each.read_bytes() for each in first] == [each.read_bytes() for each in kept]
    for each in first:
        each.unlink()
    new(certificate={}).certify(place)
    with pytest.raises(ProblemError) as caught:
        new(certificate={"copied": [str(kept[0]), str(first[1].rename(tmp_path / "k"))]}).certify(
            place
        )
    assert problem(caught) == ("web-bad-certificate", SITE)


def test_a_site_that_nginx_refuses_is_not_among_its_sites(new, programs, monkeypatch, tmp_path):
    link = tmp_path / "conf.d" / "site.conf"
    monkeypatch.setattr(Installation, "link", property(lambda _self: str(link)))
    told = tmp_path / "told"
    programs("nginx", "#!/bin/sh\nexit 1\n")
    programs("systemctl", f'#!/bin/sh\necho "$1" >> {told}\n')

    with pytest.raises(ProblemError):
        new().open()

    assert link.parent.is_dir()
    assert not link.is_symlink()
    assert told.read_text("ascii") == "start\n", "nothing is reloaded that was refused"


@pytest.fixture
def move(place, tmp_path):
    """Give a move of an application of one file from a folder of this machine to another."""
    old, here = tmp_path / "old", Path(place.path)
    old.mkdir()
    for each in (old, here):
        (each / "config.php").write_text("host=db1", "utf-8")
    source = FilesPlace(Remote("old"), str(old), as_root=False)
    asked = plan(php=None, settings=[{"file": "config.php", "words": {"db1": "db2"}}])
    return WebMove("portal", source, place, tmp_path, asked), here / "config.php"


def step(steps, name):
    return next(each for each in steps if each.name == name).do(Pulse(lambda _pace: None))


def test_settings_are_rewritten_however_often_and_edited_ones_are_named_on_the_way_back(move):
    found, file = move
    for _ in range(2):
        assert step(found.fill(), "rewrite")["words"] == 1
        assert file.read_text("utf-8") == "host=db2"
    assert step(found.back(), "as before") == {"files": 1, "edited": []}
    assert step(found.back(), "as before") == {"files": 1, "edited": []}
    assert file.read_text("utf-8") == "host=db1"
    file.write_text("host=db3", "utf-8")

    assert step(found.back(), "as before")["edited"] == ["config.php"]
    assert file.read_text("utf-8") == "host=db1"


def test_a_site_without_php_is_neither_read_by_php_nor_waited_for(move):
    found, _ = move

    assert step(found.fill(), "read by php") == {}
    assert step(found.fill(), "php") == {}
    assert step(found.switch(), "sessions drain") == {}
    assert step(found.switch(), "sessions") == {}
    assert "fastcgi" not in Installation(found.target, found.plan).site().nginx()


def test_nothing_begins_where_the_new_host_lacks_a_program(move, programs, monkeypatch):
    found, _ = move
    monkeypatch.setattr(Installation, "missing", lambda _self: ["nginx", "curl"])

    with pytest.raises(ProblemError) as caught:
        step(found.fill(), "programs")

    assert problem(caught) == ("web-no-program", "host")
    assert "nginx, curl" in str(caught.value)


def test_a_file_that_php_cannot_read_stops_the_filling(move, programs):
    found, _ = move
    programs("php", "#!/bin/sh\nexit 1\n")
    wanted = found.plan.model_copy(update={"php": Php()})

    with pytest.raises(ProblemError) as caught:
        step(replace(found, plan=wanted).fill(), "read by php")

    assert problem(caught)[0] == "web-php-refused"
    assert "config.php" in str(caught.value)


def test_units_that_write_run_with_the_site_and_end_with_it(move, programs, monkeypatch, tmp_path):
    found, _ = move
    programs("systemctl", SYSTEMCTL.format(said=tmp_path / "said"))
    monkeypatch.setattr(Installation, "open", lambda _self: None)
    monkeypatch.setattr(Installation, "close", lambda _self: None)
    wanted = found.plan.model_copy(update={"new_services": ("worker",)})
    opens = next(s for s in replace(found, plan=wanted).switch() if s.name == "site opens")

    opens.do(Pulse(lambda _pace: None))
    opens.undo()

    said = (tmp_path / "said").read_text("utf-8").splitlines()
    assert said == ["start -- worker", "stop --no-block -- worker"]
