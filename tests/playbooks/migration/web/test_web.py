"""Sites, their settings and what ran by the clock keep their meaning on the new host."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from playbooks.migration.web.cron import jobs
from playbooks.migration.web.settings import rewrite
from playbooks.migration.web.site import Site
from stacks.problem import ProblemError

CRONTAB = """# hằng đêm
MAILTO=admin
*/5 8-17 * * 1-5 www-data /usr/bin/php /srv/app/cron.php "a b" $HOME
@daily root /usr/local/bin/backup 100\\%
0 3 1,15 * 0 root /bin/true
"""


def test_each_line_becomes_a_timer_that_says_the_same():
    office, daily, both = jobs(CRONTAB, system=True)

    assert office.calendar() == ("Mon..Fri *-*-* 8..17:0/5:00 Asia/Ho_Chi_Minh",)
    assert daily.calendar() == ("*-*-* 0:0:00 Asia/Ho_Chi_Minh",)
    assert both.calendar() == (
        "*-*-1,15 3:0:00 Asia/Ho_Chi_Minh",
        "Sun *-*-* 3:0:00 Asia/Ho_Chi_Minh",
    )
    units = office.units("app")
    assert "User=www-data" in units["app.service"]
    assert '\\"a b\\" $$HOME' in units["app.service"]
    assert daily.command == "/usr/local/bin/backup 100%"
    assert "OnCalendar=Mon..Fri" in units["app.timer"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_every_calendar():
    for job in jobs(CRONTAB, system=True):
        for each in job.calendar():
            subprocess.run(["systemd-analyze", "calendar", each], check=True, capture_output=True)


def test_a_job_of_the_cluster_keeps_its_zone_and_runs_once():
    made = jobs(CRONTAB, system=True)[0].manifest("app", "h26-portal", "registry.test/app@sha256:0")

    assert made["spec"]["schedule"] == "*/5 8-17 * * 1-5"
    assert made["spec"]["timeZone"] == "Asia/Ho_Chi_Minh"
    assert made["spec"]["concurrencyPolicy"] == "Forbid"


@pytest.mark.parametrize("line", ["@reboot x", "0 0 * * MON x", "0 0 * * * x % input", "* * * *"])
def test_a_line_that_means_something_else_elsewhere_is_named(line):
    with pytest.raises(ProblemError) as caught:
        jobs(f"# x\n{line}\n", system=False)

    assert [each.thing for each in caught.value.problems] == ["crontab:2"]


def test_a_site_is_written_whole_and_hides_what_begins_with_a_dot():
    text = Site(
        "dvc.hanoi.gov.vn",
        "/srv/dvc",
        ("www.dvc.hanoi.gov.vn",),
        "/run/php.sock",
        ("/etc/ssl/dvc.pem", "/etc/ssl/private/dvc.key"),
    ).nginx()

    assert "server_name dvc.hanoi.gov.vn www.dvc.hanoi.gov.vn;" in text
    assert "listen 443 ssl;" in text
    assert 'fastcgi_pass "unix:/run/php.sock";' in text
    assert "deny all" in text
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(("name", "root"), [("x; include y", "/srv"), ("x", '/srv"; }')])
def test_words_that_would_be_settings_are_refused(name, root):
    with pytest.raises(ProblemError) as caught:
        Site(name, root)

    assert caught.value.problems[0].key == "web-bad-word"


def test_settings_change_once_and_every_change_is_counted():
    text = "host=db1; charset=latin1; path=/var/www; old=db1"

    found = rewrite("config.php", text, {"db1": "db1-new", "latin1": "utf8"})

    assert found.text == "host=db1-new; charset=utf8; path=/var/www; old=db1-new"
    assert found.changes == {"db1": 2, "latin1": 1}
    with pytest.raises(ProblemError):
        rewrite("config.php", text, {"db7": "x"})
