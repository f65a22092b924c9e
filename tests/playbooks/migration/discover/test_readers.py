"""What hosts print becomes facts: distributions, clocks, packages, processes, work."""

from __future__ import annotations

import datetime as dt

import pytest

from playbooks.migration.discover.answer import mark_of, parse
from playbooks.migration.discover.model import State
from playbooks.migration.discover.reading import software, system
from playbooks.migration.discover.support import support_end
from tests.playbooks.migration.discover.answers import (
    MARK,
    NOW,
    WHO,
    answer,
    host_of,
    said,
    section,
)


def test_what_a_talkative_shell_says_around_the_answer_is_not_read():
    text = "Welcome!\n" + said(section("system", "hostname\told")) + "bye\n"

    found = parse(text, MARK)

    assert found
    assert found["system"].pairs() == {"hostname": "old"}
    assert "Welcome!" not in str(found)
    assert mark_of(text) == MARK


def test_words_without_a_section_are_no_answer():
    assert parse("sh: not found\n", MARK) is None
    assert mark_of("sh: not found\n") is None


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"os_dash_release": 'ID=debian\nVERSION_ID="9"\nPRETTY_NAME="Debian 9"'}, ("debian", "9")),
        ({"redhat_dash_release": "CentOS release 5.11 (Final)"}, ("centos", "5.11")),
        ({"redhat_dash_release": "Red Hat Enterprise Linux Server release 6.5"}, ("rhel", "6.5")),
        ({"debian_version": "6.0.10"}, ("debian", "6.0.10")),
        ({"alpine_dash_release": "3.16.2"}, ("alpine", "3.16.2")),
        ({"SuSE_dash_release": "SUSE Linux Enterprise Server 11 (x86_64)"}, ("sles", "11")),
        ({}, ("", "")),
    ],
)
def test_old_distributions_are_told_by_the_files_they_had(files, wanted):
    name, version, _ = system.release(answer(section("system", **files))["system"])

    assert (name, version) == wanted


def test_the_longest_beginning_of_a_version_decides_its_end_of_support():
    assert support_end("centos", "5.11") == dt.date(2017, 3, 31)
    assert support_end("php", "8.2.29") == dt.date(2026, 12, 31)
    assert support_end("mariadb", "10.11.19") == dt.date(2028, 2, 16)
    assert support_end("php", "99.1") is None
    assert support_end("nothing", "1") is None


def test_the_hosts_clock_is_compared_with_ours():
    hours = 3 * 3600
    late = host_of("a", section("who", f"uid\t0\nclock\t{int(NOW.timestamp()) - hours}"))

    assert late.system.clock_off_seconds == -hours
    assert [each.key for each in late.reasons] == ["discover-clock-off"]
    assert late.state is State.COMPLETE


@pytest.mark.parametrize(
    ("sudo", "key"),
    [
        ("sudo: sorry, you must have a tty to run sudo", "discover-sudo-tty"),
        ("sudo: a password is required", "discover-sudo-password"),
        ("sh: sudo: not found", "discover-no-root"),
        ("", "discover-no-root"),
    ],
)
def test_why_a_host_was_read_without_root_is_told(sudo, key):
    found = host_of("a", section("who", f"uid\t1000\nsudo\t{sudo}"))

    assert [each.key for each in found.reasons] == [key]
    assert found.state is State.PARTIAL


def test_a_late_section_a_cut_one_and_a_broken_end_are_told():
    late = section("config").replace(f"{MARK} whole", f"{MARK} late\n\n{MARK} whole")
    cut = section("packages").replace(f"{MARK} whole\n", "")

    told = host_of("a", late, cut)
    broken = host_of("b", done=False)

    assert [(each.key, dict(each.values)) for each in told.reasons] == [
        ("discover-late", {"section": "config"}),
        ("discover-cut", {"section": "packages"}),
    ]
    assert [each.key for each in broken.reasons] == ["discover-unfinished"]


def test_a_locale_that_is_set_but_not_installed_is_told():
    who = f"{WHO}\nlocale\tvi_VN.UTF-8\nlocales\tC POSIX en_US.utf8"
    good = who.replace("en_US", "vi_VN")

    assert [each.key for each in host_of("a", section("who", who)).reasons] == [
        "discover-wrong-locale"
    ]
    assert host_of("a", section("who", good)).reasons == ()


def test_packages_of_dpkg_rpm_and_apk_are_read():
    found = software.packages(
        answer(section("packages", dpkg="bash\t5.2", rpm="php\t5.1.6-27", apk="musl\t1.2-r3"))
    )

    assert [(each.name, each.version) for each in found] == [
        ("bash", "5.2"),
        ("php", "5.1.6-27"),
        ("musl", "1.2-r3"),
    ]


def test_products_are_named_once_with_their_end():
    text = 'php\tPHP 5.3.3 (cli)\njava\tjava version "1.6.0_45"\npython2\tPython 2.4.3'
    found = software.products(
        answer(
            section("runtimes", text),
            section("mariadb", version="5.7.44-log\t/var/lib/mysql\tutf8\tutf8_general_ci"),
        )
    )

    assert [(each.name, each.version) for each in found] == [
        ("php", "5.3"),
        ("java", "1.6"),
        ("python", "2.4"),
        ("mysql", "5.7.44"),
    ]
    assert found[0].support_end == dt.date(2018, 12, 31)


def test_processes_are_read_without_the_kernels_threads():
    found = software.processes(
        answer(
            section(
                "processes",
                "1 0 root 9 /sbin/init\n 2 0 root 0 [kthreadd]\n 77 1 web 5000 /usr/bin/php a",
                units="77 portal.service",
            )
        )
    )

    assert [(each.pid, each.unit) for each in found] == [(1, ""), (77, "portal.service")]


def test_units_that_run_start_or_are_own_are_kept():
    found = software.units(
        answer(
            section(
                "units",
                "cron.service loaded active running Cron\nold.service loaded inactive dead Old",
                files="ssh.service",
                own="/etc/systemd/system/sync.service:ExecStart=/opt/sync --to db",
                sysv="S20rsync",
            )
        )
    )

    assert {each.name: each.own for each in found} == {
        "cron.service": False,
        "ssh.service": False,
        "sync.service": True,
    }
    assert next(each.command for each in found if each.own) == "/opt/sync --to db"


def test_system_v_and_openrc_are_read_where_there_is_no_systemd():
    found = software.units(
        answer(section("units", sysv="S20rsync\nS80sendmail", openrc="crond [  started  ]"))
    )

    assert [each.name for each in found] == ["rsync", "sendmail", "crond"]


def test_work_by_the_clock_is_somebodys_or_the_distributions():
    cron = (
        "/etc/crontab:17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n"
        "/etc/crontab:SHELL=/bin/sh\n"
        "/var/spool/cron/crontabs/clerk:@daily /home/clerk/report.sh\n"
        "/etc/cron.d/dump:15 2 * * * root mysqldump -h db"
    )
    found = software.jobs(
        answer(
            section(
                "schedule",
                cron,
                folders="/etc/cron.daily/logrotate\n/etc/cron.weekly/copy",
                timers="apt-daily.timer apt-daily.service\nours.timer ours.service",
                at="3 Mon Nov 23 02:00:00 2026 a clerk",
            )
        )
    )

    assert [(each.user, each.when, each.command) for each in found if each.own] == [
        ("clerk", "@daily", "/home/clerk/report.sh"),
        ("root", "15 2 * * *", "mysqldump -h db"),
        ("root", "weekly", "/etc/cron.weekly/copy"),
        ("", "timer", "ours.service"),
        ("", "3 Mon Nov 23 02:00:00 2026 a clerk", ""),
    ]
    assert [each.place for each in found if not each.own] == [
        "/etc/crontab",
        "/etc/cron.daily/logrotate",
        "apt-daily.timer",
    ]
