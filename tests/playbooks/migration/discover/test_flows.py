"""Flows: from either end, from ss and from /proc, named after hosts, joined over runs."""

from __future__ import annotations

import datetime as dt

import pytest

from playbooks.migration.discover.compile import compiled
from playbooks.migration.discover.estate import Estate
from playbooks.migration.discover.flows import flows, joined, names_of
from playbooks.migration.discover.imports import netflow
from playbooks.migration.discover.model import State
from playbooks.migration.discover.reading import sockets
from tests.playbooks.migration.discover.answers import MARK, NOW, WHO, answer, host_of, section

SECOND = int(NOW.timestamp())
WEB, DB = "10.0.0.2", "10.0.0.3"
ASKED = f"{WHO}\nasker\t10.0.0.99 4000 {DB} 22"


def sampled(*lines: str, more: str = "") -> str:
    parts = "".join(
        f"\n{MARK} part sample {SECOND + at}\ncpu\tcpu {100 * at} 0 0 {100 * at} 0 0 0 0\n"
        f"memory\tMemTotal:1000 MemAvailable:{900 - at} \n{each}\n"
        for at, each in enumerate(lines)
    )
    return f"\n{MARK} begin samples\n{parts}{more}\n{MARK} whole\n\n{MARK} end samples\n"


def addresses(mine: str, hosts: str = "") -> str:
    return section("addresses", f"2: eth0 inet {mine}/24 brd x scope global eth0", hosts=hosts)


ANY = "0.0.0.0"  # noqa: S104 - as the kernel says it
CLIENT = f'ESTAB 0 0 {WEB}:40000 {DB}:3306 users:(("php",pid=9,fd=4))'
SERVER = f'ESTAB 0 0 [::ffff:{DB}]:3306 [::ffff:{WEB}]:40000 users:(("mysqld",70,11))'
LISTEN = 'tcp LISTEN 0 80 0.0.0.0:3306 0.0.0.0:* users:(("mysqld",pid=70,fd=3))'


def web(*lines: str):
    units = section("processes", units="9 portal.service")
    return host_of("web", addresses(WEB), units, sampled(*(lines or [CLIENT])))


def db(*lines: str, asked: str = ASKED):
    return host_of(
        "db", section("who", asked), addresses(DB), section("listening", LISTEN), sampled(*lines)
    )


def test_a_flow_seen_from_both_ends_names_both_processes():
    hosts = [web(CLIENT, CLIENT), db(SERVER, SERVER)]

    found = flows(hosts, hosts)

    assert [(each.source, each.target, each.port) for each in found] == [("web", "db", 3306)]
    assert (found[0].client, found[0].server) == ("portal.service", "mysqld")
    assert (found[0].ways, found[0].count, found[0].confidence) == (("client", "server"), 2, 0.99)
    assert found[0].last == NOW + dt.timedelta(seconds=1)


def test_a_silent_client_is_seen_from_its_server():
    found = flows([db(SERVER)], [db(SERVER)])

    assert [(each.source, each.target, each.ways) for each in found] == [(WEB, "db", ("server",))]
    assert found[0].confidence == pytest.approx(0.75)


def test_our_own_connection_and_those_of_a_host_with_itself_are_no_flows():
    ours = f'ESTAB 0 0 {DB}:22 10.0.0.99:4000 users:(("sshd",pid=1,fd=3))'
    own = f"ESTAB 0 0 {DB}:3306 {DB}:5555\nESTAB 0 0 127.0.0.1:3306 127.0.0.1:5555"

    assert flows([db(f"{ours}\n{own}")], [db()]) == ()


def test_a_closed_connection_tells_of_a_flow_without_its_process():
    gone = f"TIME-WAIT 0 0 {WEB}:40001 {DB}:3306"

    assert [each.client for each in flows([web(gone)], [web(), db()])] == [""]
    assert [each.client for each in flows([web(f"{gone}\n{CLIENT}")], [db()])] == ["portal.service"]


def test_proc_tells_the_same_where_there_is_no_ss():
    rows = (
        "tcp   0: 0200000A:9C40 0300000A:0CEA 01 00000000:00000000 00:0 0 33 0 555 1 x\n"
        "tcp6  1: 0000000000000000FFFF00000200000A:0050 0000000000000000FFFF00000900000A:C350 "
        "06 0:0 0:0 0 0 0 0 1 x\n"
        "tcp   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:0 0 0 0 556 1 x\n"
        "inode 555 9"
    )

    found = sockets.sockets(rows.splitlines(), {"9": "php"})

    assert [(e.state, e.local, e.port, e.remote, e.remote_port, e.process) for e in found] == [
        ("ESTAB", WEB, 40000, DB, 3306, "php"),
        ("TIME-WAIT", WEB, 80, "10.0.0.9", 50000, ""),
        ("LISTEN", ANY, 80, ANY, 0, ""),
    ]


def test_use_is_the_share_between_two_samples():
    found = sockets.loads(answer(sampled("", "", "")))

    assert [each.cpu_share for each in found] == [0.0, 0.5, 0.5]
    assert [each.memory_kib for each in found] == [100, 101, 102]


def test_what_only_configuration_names_is_a_flow_of_little_confidence():
    rows = "host\t/srv/a.php\t2\tdb_host\tdb\nip\t/srv/b.php\t9\treports\t10.0.0.3"
    told = host_of("web", addresses(WEB), section("config", found=rows))

    found = flows([told], [told, db()])

    assert [(each.ways, each.count, each.confidence) for each in found] == [(("config",), 0, 0.4)]
    assert found[0].client == "/srv/a.php:2"


def test_a_mount_and_a_job_name_their_hosts():
    told = host_of(
        "web",
        addresses(WEB, hosts=f"{DB} olddb"),
        section("storage", fstab="olddb:/srv /mnt nfs ro 0 0"),
        section("schedule", "/etc/cron.d/x:1 2 * * * root dump -h olddb"),
    )

    found = {each.port: each for each in flows([told], [told, db()])}

    assert (found[2049].ways, found[2049].confidence) == (("share",), 0.6)
    assert (found[0].ways, found[0].client) == (("job",), "/etc/cron.d/x")


def test_runs_are_joined_first_seen_last_seen_and_counted():
    first = flows([web()], [web(), db()])
    later = [
        each.model_copy(update={"last": NOW + dt.timedelta(days=9), "first": NOW, "count": 4})
        for each in first
    ]

    found = joined(first, later)

    assert (found[0].count, found[0].first, found[0].last) == (5, NOW, NOW + dt.timedelta(days=9))
    assert found[0].confidence == pytest.approx(0.95)


def test_an_address_that_two_hosts_claim_belongs_to_the_first():
    assert names_of([db(), db().model_copy(update={"name": "twin"})]).of(DB) == "db"
    assert names_of([]).of("10.9.9.9") == "10.9.9.9"


def test_a_run_over_hosts_that_were_not_asked_again_counts_nothing_twice():
    once = compiled([web(), db(SERVER)], None, None, NOW)
    again = compiled([web(), db(SERVER)], once, None, NOW)

    assert again.flows == once.flows
    assert len(again.hosts) == 2


def test_a_host_that_fell_silent_keeps_what_was_known():
    once = compiled([web(), db(SERVER)], None, None, NOW)
    silent = web().model_copy(
        update={
            "state": State.UNREACHABLE,
            "system": web().system,
            "seen_at": NOW + dt.timedelta(1),
        }
    )
    known = once.hosts[1].model_copy(
        update={"system": once.hosts[1].system.model_copy(update={"hostname": "web"})}
    )
    before = once.model_copy(update={"hosts": (once.hosts[0], known)})

    found = compiled([silent], before, None, NOW).hosts[1]

    assert (found.state, found.addresses) == (State.UNREACHABLE, (WEB,))


def test_clones_and_doubled_names_are_told():
    said = section("system", "hostname\tsrv\nmachine\tabc")
    hosts = [host_of(name, said) for name in ("one", "two")]

    found = compiled(hosts, None, None, NOW).hosts

    assert [each.key for each in found[0].reasons] == [
        "discover-same-hostname",
        "discover-same-machine",
    ]
    assert dict(found[1].reasons[0].values) == {"others": "one"}


def test_recorded_connections_are_named_after_hosts_and_joined():
    text = (
        f"src,dst,sport,dport,proto,flows\n{WEB},{DB},40000,3306,6,7\n{DB},{WEB},3306,40001,6,2\n"
    )
    others = Estate(made=NOW, flows=netflow.flows(text, "flows.csv"))

    found = compiled([web(), db()], None, others, NOW).flows

    assert [(each.source, each.target, each.port, each.ways) for each in found] == [
        ("web", "db", 3306, ("netflow",)),
        ("web", "db", 3306, ("client",)),
    ]
    assert found[0].count == 9
