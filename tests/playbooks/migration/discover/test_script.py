"""The script as a host's shell runs it: no value of a credential leaves, limits hold."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment

from playbooks.migration.discover import ask
from playbooks.migration.discover.answer import parse
from playbooks.migration.discover.host import host
from sen.paths import PROJECT

MARK = "==fedcba9876543210=="
HIDDEN = ("value-one", "value-two", "value-three", "value-four", "value-five", "value-six")
FILES = {
    "app.php": "<?php\n$db_password = 'value-one';\ndefine('API_TOKEN', 'value-two');\n"
    "$db_host = 'olddb';\n$url = 'http://me:value-three@10.9.8.7:80/x';\n# $ip = '10.1.1.1';\n",
    "web.xml": '<a><password>value-four</password>\n<p name="db.password" value="value-five"/></a>',
    "line.ini": "Server=10.2.2.2;Uid=a;Pwd=value-six;\nrequirepass value-one\n",
}
FUNCTIONS = ask.body().partition("\nrun who ")[0]


def shell(text: str, *, given: str = "", name: str = "sh") -> str:
    done = subprocess.run(
        [name, "-s"],
        input=f"M={MARK}\nN=1\nS=1\n{FUNCTIONS}\n{text}\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"GIVEN": given},
    )
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "a.ini").write_text("ip = 10.3.3.3\n", "utf-8")
    with (tmp_path / "debug.conf").open("wb") as file:
        file.truncate(10 << 30)
    return tmp_path


@pytest.fixture
def circle(tmp_path):
    """Mount a folder within itself."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.ini").write_text("ip = 10.3.3.3\n", "utf-8")
    if os.geteuid() or subprocess.run(["mount", "--bind", tmp_path, inner], check=False).returncode:
        pytest.skip("this place lets nobody mount")
    yield tmp_path
    subprocess.run(["umount", "-l", inner], check=True)


def test_a_folder_that_is_mounted_within_itself_is_read_once(circle):
    answer = parse(shell(f"ALLOW={circle}\nDENY=x\nrun config 20 100000"), MARK)

    assert answer
    assert not answer["config"].late
    found = host("a", "", answer, dt.datetime.now(dt.UTC))
    assert [each.path for each in found.places] == [f"{circle}/a.ini"]


@pytest.mark.parametrize("name", ["dash", "bash"])
def test_configuration_gives_places_and_no_values(folder, name):
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    limits = (
        f"ALLOW={folder}\nDENY='*/private'\nrun config 20 100000\nprintf '\\n%s done\\n' \"$M\""
    )

    text = shell(limits, name=name)

    answer = parse(text, MARK)
    assert answer
    found = host("a", "", answer, dt.datetime.now(dt.UTC))
    told = {(each.kind, each.path.rpartition("/")[2], each.line, each.key) for each in found.places}
    assert {each for each in told if each[0] == "secret"} == {
        ("secret", "app.php", 2, "db_password"),
        ("secret", "app.php", 3, "API_TOKEN"),
        ("secret", "app.php", 5, "user-in-address"),
        ("secret", "web.xml", 1, "password"),
        ("secret", "web.xml", 2, "xml-property"),
        ("secret", "line.ini", 1, "pwd"),
        ("secret", "line.ini", 2, "requirepass"),
    }
    assert {each.value for each in found.places if each.kind != "secret"} >= {"olddb", "10.9.8.7"}
    assert not [each for each in found.places if each.value in {"10.1.1.1", "10.3.3.3"}]
    assert [each.rpartition("/")[2] for each in found.large_files] == ["debug.conf (10.0 GiB)"]
    assert not [each for each in HIDDEN if each in text]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("mysqldump -h db -uroot -psesame portal", "mysqldump -h db -uroot -p*** portal"),
        ("java -Ddb.password=sesame -jar a.jar", "java -Ddb.password=*** -jar a.jar"),
        ('curl --token "open sesame" http://a', "curl --token *** http://a"),
        ("curl -u me:sesame http://a", "curl -u me:*** http://a"),
        ("psql postgres://me:sesame@db/x", "psql postgres://me:***@db/x"),
        ("PGPASSWORD=sesame psql", "PGPASSWORD=*** psql"),
        ("//nas/x /mnt cifs user=a,pass=sesame,ro", "//nas/x /mnt cifs user=a,pass=***,ro"),
        ("ssh -p 2222 host uptime", "ssh -p 2222 host uptime"),
        ("rsync -av /srv /mnt", "rsync -av /srv /mnt"),
    ],
)
def test_command_lines_lose_their_credentials_and_nothing_else(line, kept):
    assert shell('printf "%s\\n" "$GIVEN" | mask', given=line).strip() == kept


def test_a_section_that_hangs_is_ended_with_all_it_started():
    text = shell("s_hang() { echo before; sleep 987 & wait; }\nrun hang 1 1000\nrun who 9 9000")

    answer = parse(text, MARK)
    assert answer
    assert (answer["hang"].lines(), answer["hang"].late) == (["before"], True)
    assert answer["who"].pairs()["uid"]
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "sleep 987" not in running.stdout


def test_a_section_that_says_too_much_is_cut():
    text = shell("s_big() { while echo 123456789; do :; done; }\nrun big 9 1000\nrun who 9 9000")

    answer = parse(text, MARK)
    assert answer
    assert answer["big"].cut
    assert len("".join(answer["big"].lines())) <= 1000
    assert not answer["who"].cut


def test_the_settings_stand_in_front_quoted():
    asking = ask.Asking(samples=7, every=2, allow=("/a'b",), deny=("*/x",))
    text = ask.script(asking, MARK).decode()

    assert text.startswith(f"M={MARK}\nN=7\nS=2\nALLOW='/a'\"'\"'b'\nDENY='*/x'\n")
    assert asking.seconds == pytest.approx(134)


def test_ansibles_playbook_sends_the_same_script():
    play = yaml.safe_load((PROJECT / "playbooks" / "discover.yml").read_text("utf-8"))[0]
    rendering = Environment(autoescape=False).from_string(play["vars"]["discover_script"])  # noqa: S701
    values = {key: each for key, each in play["vars"].items() if key != "discover_script"}

    text = rendering.render(
        **{**values, "discover_mark": MARK, "discover_allow": "/nowhere"},
        playbook_dir=str(PROJECT / "playbooks"),
        lookup=lambda _, path: Path(path).read_text("utf-8"),
    )

    assert ask.body().strip() in text
    assert text.startswith(f"M='{MARK}'\nN='3'\nS='1'\nALLOW='/nowhere'\n")
    assert {"raw", "become"} <= set(str(play).replace("'", " ").replace(".", " ").split())
