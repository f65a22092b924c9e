"""What others know: machines in CSV, nmap's XML, recorded connections, collected answers."""

from __future__ import annotations

import datetime as dt

import pytest

from playbooks.migration.discover.compile import compiled
from playbooks.migration.discover.estate import Estate, load, write
from playbooks.migration.discover.imports import collected, inventory, netflow, nmap
from playbooks.migration.discover.model import State
from stacks.problem import ProblemError
from tests.playbooks.migration.discover.answers import NOW, host_of, said, section

NMAP = """<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun>
<host><status state="up"/><address addr="10.0.0.5" addrtype="ipv4"/>
<address addr="00:11:22:33:44:55" addrtype="mac"/><hostnames><hostname name="old.vn"/></hostnames>
<ports><port protocol="tcp" portid="80"><state state="open"/><service name="http" product="Apache"/>
</port>
<port protocol="tcp" portid="81"><state state="closed"/></port></ports>
<os><osmatch name="Linux 2.6.32"/></os></host>
<host><status state="down"/><address addr="10.0.0.6" addrtype="ipv4"/></host></nmaprun>"""


def key_of(call, *words):
    with pytest.raises(ProblemError) as caught:
        call(*words)
    return caught.value.problems[0].key


def test_a_sheet_of_rvtools_becomes_hosts():
    text = (
        "VM;Primary IP Address;OS according to the VMware Tools;CPUs;Memory;Provisioned MiB\n"
        "srv-1;10.0.0.5;CentOS 6 (64-bit);4;8,192;102,400\n;;;;;\n"
    )

    found = inventory.hosts(text, "v.csv")

    assert [(each.name, each.system.id, each.system.cpus) for each in found] == [
        ("srv-1", "centos", 4)
    ]
    assert (found[0].system.memory_kib, found[0].disks[0].gib) == (8 << 20, 100.0)
    assert found[0].system.support_end == dt.date(2020, 11, 30)


def test_our_own_columns_name_agency_owner_and_system():
    text = "name,address,agency,owner,system,level\na,10.0.0.1,H26,Phòng CNTT,one-stop,3\n"

    found = inventory.hosts(text, "m.csv")[0]

    assert (found.agency, found.owner, found.system_name, found.level) == (
        "H26",
        "Phòng CNTT",
        "one-stop",
        3,
    )


@pytest.mark.parametrize("given", ["many", "-3", "nan", "inf"])
def test_a_figure_that_is_none_is_named(given):
    assert key_of(inventory.hosts, f"name,cpus\na,{given}\n", "m.csv") == "import-not-a-number"


def test_a_list_without_names_is_refused():
    assert key_of(inventory.hosts, "colour\nred\n", "m.csv") == "import-no-column"


def test_what_nmap_saw_open_is_listened_on():
    found = nmap.hosts(NMAP, "scan.xml")

    assert [(each.name, each.address, each.system.title) for each in found] == [
        ("old.vn", "10.0.0.5", "Linux 2.6.32")
    ]
    assert [(each.port, each.process) for each in found[0].listeners] == [(80, "Apache")]


@pytest.mark.parametrize(
    "text",
    ["<a/>", "no xml", '<!DOCTYPE x [<!ENTITY a "b">]><nmaprun/>'],
    ids=["tag", "no", "bomb"],
)
def test_other_xml_is_refused(text):
    assert key_of(nmap.hosts, text, "scan.xml") == "import-not-nmap"


def test_the_answers_half_of_a_connection_is_turned_round():
    text = "ts,te,sa,da,sp,dp,pr\n"
    text += "2026-11-01 08:00:00,2026-11-02T08:00:00,10.0.0.3,10.0.0.2,53,40000,17"

    found = netflow.flows(text, "n.csv")[0]

    assert (found.source, found.target, found.port, found.protocol) == (
        "10.0.0.2",
        "10.0.0.3",
        53,
        "udp",
    )
    assert found.last == dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("src,dst\n1,2\n", "import-no-column"),
        ("src,dst,dport\na,b,x\n", "import-not-a-number"),
        ("src,dst,dport,first\na,b,1,yesterday\n", "import-not-a-time"),
    ],
)
def test_broken_connections_are_named(text, key):
    assert key_of(netflow.flows, text, "n.csv") == key


def test_a_time_in_seconds_is_read():
    text = f"src\tdst\tdport\tfirst\na\tb\t1\t{int(NOW.timestamp())}\n"

    assert netflow.flows(text, "n.tsv")[0].first == NOW


def test_two_machines_of_one_name_are_two_and_a_template_is_none():
    text = (
        "VM,Template,DNS Name,Primary IP Address,OS according to the configuration file,"
        "OS according to the VMware Tools,Annotation\n"
        'db,False,db.old.vn,10.0.0.5,CentOS 7,"","backup done\n2026-11-01"\n'
        "db,False,,10.0.0.6,CentOS 7,Debian GNU/Linux 8,\n"
        "blank,True,,,Debian GNU/Linux 8,,\n"
    )

    found = inventory.hosts(text, "v.csv")
    told = compiled([], None, Estate(made=NOW, hosts=found), NOW).hosts

    assert [(each.name, each.system.id, each.system_name) for each in found] == [
        ("db", "centos", ""),
        ("db@10.0.0.6", "debian", ""),
    ]
    assert [[reason.key for reason in each.reasons] for each in told] == [
        ["discover-same-hostname"]
    ] * 2


def test_what_a_sheet_and_a_scan_say_of_one_machine_is_joined():
    sheet = inventory.hosts("name,address,cpus\nvm-7,10.0.0.5,4\n", "m.csv")
    scan = nmap.hosts(NMAP, "scan.xml")

    (found,) = compiled([], None, Estate(made=NOW, hosts=(*sheet, *scan)), NOW).hosts

    assert (found.name, found.system.cpus, found.system.title) == ("vm-7", 4, "Linux 2.6.32")
    assert [each.port for each in found.listeners] == [80]


def test_what_nfdump_writes_is_read_with_its_sums_left_out():
    old = (
        "ts,te,td,sa,da,sp,dp,pr,flg\n"
        "2026-11-01 08:00:00,2026-11-01 08:00:05,5.0,10.0.0.2,10.0.0.3,40211,3306,TCP,x\n"
        "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,4000,20,3200,2,200\n"
    )
    new = (
        "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets\n"
        "2026-11-01 08:00:00.123,5.0,TCP,10.0.0.3,3306,10.0.0.2,40211,10\n"
    )

    found = [netflow.flows(text, "n.csv") for text in (old, new)]

    assert [[(e.source, e.target, e.port) for e in each] for each in found] == [
        [("10.0.0.2", "10.0.0.3", 3306)]
    ] * 2
    assert found[1][0].first == dt.datetime(2026, 11, 1, 8, 0, 0, 123_000, dt.UTC)


def test_what_conntrack_prints_is_read_as_it_is():
    text = (
        "icmp     1 29 src=10.0.0.1 dst=10.0.0.5 type=8 code=0 id=1 src=10.0.0.5 dst=10.0.0.1\n"
        "tcp      6 431999 ESTABLISHED src=10.0.0.9 dst=10.0.0.5 sport=51000 dport=443"
        " src=10.0.0.5 dst=10.0.0.9 sport=443 dport=51000 [ASSURED] mark=0 use=1\n"
        "ipv4     2 tcp      6 9 TIME_WAIT src=10.0.0.9 dst=10.0.0.5 sport=51001 dport=443"
        " src=10.0.0.5 dst=10.0.0.9 sport=443 dport=51001 mark=0\n"
        "udp      17 29 src=fd00::9 dst=fd00::5 sport=4000 dport=53 [UNREPLIED] src=fd00::5\n"
    )

    found = netflow.flows(text, "conntrack.txt")

    assert [(each.source, each.target, each.protocol, each.port, each.count) for each in found] == [
        ("10.0.0.9", "10.0.0.5", "tcp", 443, 2),
        ("fd00::9", "fd00::5", "udp", 53, 1),
    ]
    assert {each.ways for each in found} == {("conntrack",)}


def test_conntrack_is_told_from_netflow_by_its_states():
    text = "proto,src,dst,sport,dport,state\ntcp,10.0.0.9,10.0.0.5,51000,443,ESTABLISHED\n"

    assert netflow.flows(text, "c.csv")[0].ways == ("conntrack",)


def test_an_imported_host_gives_one_that_was_seen_only_what_it_lacks():
    seen = host_of("web", section("system", "hostname\tweb"), address="10.0.0.5")
    more = inventory.hosts(
        "name,address,agency,owner\nvm-7,10.0.0.5,H26,An\nnew,10.0.0.8,H26,\n", "m"
    )

    found = compiled([seen], None, Estate(made=NOW, hosts=more), NOW).hosts

    assert [(each.name, each.agency, each.state) for each in found] == [
        ("new", "H26", State.PARTIAL),
        ("web", "H26", State.COMPLETE),
    ]
    assert found[1].system.hostname == "web"


def test_answers_that_others_fetched_are_read(tmp_path):
    (tmp_path / "far.txt").write_text(said(section("system", "hostname\tfar")), "utf-8")

    assert [(each.name, each.system.hostname) for each in collected.hosts(tmp_path)] == [
        ("far", "far")
    ]


def test_a_folder_without_answers_and_a_file_that_is_none_are_refused(tmp_path):
    assert key_of(collected.hosts, tmp_path) == "collected-empty"
    (tmp_path / "a.txt").write_text("hello", "utf-8")
    assert key_of(collected.hosts, tmp_path) == "collected-no-answer"


def test_an_estate_is_read_back_as_it_was_written(tmp_path):
    estate = compiled([host_of("a", section("system", "hostname\ta"))], None, None, NOW)
    write(estate, tmp_path / "estate.json")

    assert load(tmp_path / "estate.json") == estate


@pytest.mark.parametrize("text", ["", "[1]", '{"schema_version": 2, "made": "2026-11-22"}'])
def test_a_file_that_is_no_estate_is_refused(tmp_path, text):
    (tmp_path / "e.json").write_text(text, "utf-8")

    assert key_of(load, tmp_path / "e.json") == "estate-broken"
    assert key_of(load, tmp_path / "gone.json") == "estate-broken"
