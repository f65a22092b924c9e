"""What hosts print becomes facts: storage, people, sites, certificates, databases, places."""

from __future__ import annotations

import datetime as dt

from playbooks.migration.discover.model import Place, State
from playbooks.migration.discover.reading import config, storage
from tests.playbooks.migration.discover.answers import answer, host_of, section


def test_a_bind_mount_is_not_counted_as_more_space():
    df = (
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
        "/dev/sda1 1000 400 600 40% /\n/dev/sda1 1000 400 600 40% /srv/loop\n"
        "tmpfs 99 1 98 1% /run\n/dev/sda1 1000 400 600 40% /etc/hosts"
    )

    found = storage.filesystems(answer(section("storage", df)))

    assert [(each.mount, each.used_kib) for each in found] == [("/", 400)]


def test_shares_taken_and_given_are_read():
    found = storage.shares(
        answer(
            section(
                "storage",
                mounts="nas:/vol /mnt/vol nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0",
                fstab="//files/out /mnt/out cifs user=a 0 0\nnas:/vol /mnt/vol nfs ro 0 0",
                exports="/srv/share 10.0.0.0/8(ro)",
                samba="[global]\n[plans]\n path = /srv/plans",
            )
        )
    )

    assert [(each.kind, each.path, each.peer, each.given) for each in found] == [
        ("nfs", "/mnt/vol", "nas", False),
        ("cifs", "/mnt/out", "files", False),
        ("nfs", "/srv/share", "10.0.0.0/8", True),
        ("smb", "/srv/plans", "", True),
    ]


def test_who_may_become_root_and_when_they_were_there():
    found = host_of(
        "a",
        section(
            "accounts",
            "root:x:0:0::/root:/bin/bash\nwww:x:33:33::/:/usr/sbin/nologin\n"
            "an:x:1000:1000::/home/an:/bin/bash\nbinh:x:1001:1001::/home/binh:/bin/sh",
            groups="sudo:x:27:binh",
            logins="an  pts/0  10.0.0.9  Mon Mar  3 09:12:11 +0700 2014",
        ),
    ).accounts

    assert [(each.name, each.sudo, each.last_login) for each in found] == [
        ("root", True, ""),
        ("an", False, "Mon Mar  3 09:12:11 +0700 2014"),
        ("binh", True, ""),
    ]


def test_virtual_hosts_of_nginx_are_told_apart():
    path = "/etc/nginx/sites-enabled/x"
    lines = (
        f"{path}:1:server {{\n{path}:2:  listen 443 ssl;\n{path}:3:  server_name a.vn b.vn;\n"
        f"{path}:4:  ssl_certificate /etc/c.pem;\n{path}:5:  proxy_pass http://10.0.0.7:8080;\n"
        f"{path}:9:server\n{path}:11:  root /var/www/c;\n{path}:12:  charset windows-1258;"
    )

    found = host_of("a", section("web", lines)).sites

    assert [(each.names, each.root, each.passes, each.certificate) for each in found] == [
        (("a.vn", "b.vn"), "", ("http://10.0.0.7:8080",), "/etc/c.pem"),
        ((), "/var/www/c", (), ""),
    ]
    assert found[1].charset == "windows-1258"


def test_certificates_have_an_end_where_openssl_could_read_them():
    text = (
        "file\t/etc/a.crt\nsubject=CN = a.vn\nissuer=CN = CA\nnotAfter=Dec  2 05:15:40 2026 GMT\n"
        "file\t/etc/b.crt\nnotAfter=never"
    )

    found = host_of("a", section("certificates", text)).certificates

    assert found[0].ends == dt.datetime(2026, 12, 2, 5, 15, 40, tzinfo=dt.UTC)
    assert (found[1].path, found[1].ends) == ("/etc/b.crt", None)


def test_databases_are_read_with_their_character_sets():
    found = host_of(
        "a",
        section(
            "mariadb",
            version="10.1.48-MariaDB\t/var/lib/mysql\tlatin1\tlatin1_swedish_ci",
            databases="mysql\tlatin1\tx\t1\t1\t1\nportal\tlatin1\tlatin1_swedish_ci\t2\t2049\t7",
            charsets="portal\tlatin1\t5\nportal\tutf8\t1",
            engines="portal\tMyISAM\t2",
        ),
        section(
            "postgres",
            version="15.4",
            databases="postgres\tUTF8\tC\t800\ngis\tSQL_ASCII\tC\t4096",
            schemas="postgres\tpublic\t0\ngis\tpublic\t3\ngis\tmaps\t4",
        ),
    ).databases

    assert [(each.engine, each.name, each.size_kib, each.tables) for each in found] == [
        ("mariadb", "portal", 3, 2),
        ("postgresql", "gis", 4, 7),
    ]
    assert found[0].charsets == {"latin1": 5, "utf8": 1}
    assert found[1].schemas == ("public", "maps")


def test_a_database_that_wants_a_password_makes_the_verdict_partial():
    found = host_of("a", section("postgres", version="refused"))

    assert found.state is State.PARTIAL
    assert dict(found.reasons[0].values) == {"engine": "PostgreSQL"}


def test_a_credential_has_a_place_and_never_a_value():
    rows = (
        "secret\t/etc/a.conf\t3\tdb_password\thunter2\nsecret\t/etc/nsswitch.conf\t7\tpasswd\t\n"
        "ip\t/etc/a.conf\t4\thost\t10.1.2.3\nip\t/etc/a.conf\t5\tbind\t127.0.0.1\n"
        "ip\t/etc/a.conf\t5\tversion\t1.2.3.400\nhost\t/etc/a.conf\t6\turl\tdb.gov.vn:5432\n"
        "host\t/etc/a.xml\t7\tsystemId\twww.w3.org\nhost\t/etc/a.conf\t8\thost\tlocalhost\n"
        "charset\t/etc/mime.conf\t9\tAddCharset\tbig5\nnonsense\t/etc/a\tx\ty\tz"
    )

    found = config.places(answer(section("config", found=rows)))

    assert found == (
        Place(kind="secret", path="/etc/a.conf", line=3, key="db_password"),
        Place(kind="ip", path="/etc/a.conf", line=4, key="host", value="10.1.2.3"),
        Place(kind="host", path="/etc/a.conf", line=6, key="url", value="db.gov.vn:5432"),
    )
