"""A cloud account, described through boto3 from moto's server and judged by the rules."""

import json
import logging
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from policies.finding import Gate, Verdict
from policies.gates import cloud
from policies.gates.cloud import compute, network, protection, storage
from policies.gates.cloud.account import Account, Unread, described
from policies.gates.cloud.identity import identities
from policies.gates.cloud.statement import statements
from policies.judge import Judge
from policies.partial import UNKNOWN
from policies.rule import load_rules
from policies.sample import BASES, base
from tests.policies.cloud_account import REGION, Maker

# The server loads a service's whole model at its first question, so it is asked on one worker.
pytestmark = pytest.mark.xdist_group("cloud")
PATIENT = Config(read_timeout=300)
CLOUD = tuple(
    rule for rule in load_rules() if all(kind.startswith("cloud.") for kind in rule.kinds)
)


@pytest.fixture(scope="module")
def endpoint():
    logging.getLogger("werkzeug").disabled = True
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture(scope="module")
def judge():
    return Judge(CLOUD)


@pytest.fixture(scope="module")
def session():
    return boto3.Session("AKIAEXAMPLE", "example", region_name=REGION)


@pytest.fixture(scope="module")
def account(session, endpoint):
    """Fill the account: of most kinds one that is well and one that is not."""
    make = Maker(lambda service: session.client(service, endpoint_url=endpoint, config=PATIENT))
    key = make.keys()
    make.buckets(key)
    make.machines()
    make.identities()
    make.balancers()
    make.trails(key)
    make.clusters(key)
    return make


@pytest.fixture(scope="module")
def seen(account, session, endpoint):
    return cloud.look(session, endpoint_url=endpoint, region=REGION)


@pytest.fixture(scope="module")
def broken(seen, judge):
    """Give the rules that each resource breaks, by kind and name."""
    found = {}
    for finding in cloud.findings(seen, judge, 5):
        rules = found.setdefault(
            (finding.target.kind.rpartition("/")[2], finding.target.name), set()
        )
        if finding.verdict is Verdict.FAIL:
            rules.add(finding.rule)
    return found


def spec(seen, kind, name):
    (found,) = (
        each["spec"]
        for each in seen.objects
        if (each["kind"], each["metadata"]["name"]) == (kind, name)
    )
    return found


def test_everything_could_be_read(seen):
    assert seen.unread == ()
    assert {each["kind"] for each in seen.objects} == {
        name.rpartition("/")[2] for rule in CLOUD for name in rule.kinds
    }


def test_every_object_has_the_fields_that_rules_read(seen):
    """The shape is that of the bases, which the samples of the rules are made from."""
    whole = {
        each["kind"]: each["spec"].keys()
        for each in (base(path.stem) for path in sorted(BASES.glob("*.yaml")))
        if each["apiVersion"].startswith("cloud.")
    }
    for each in seen.objects:
        assert each["spec"].keys() == whole[each["kind"]], each["kind"]


def test_verdicts_are_all_known(seen, judge):
    found = cloud.findings(seen, judge, 5)

    assert {each.verdict for each in found} == {Verdict.PASS, Verdict.FAIL}
    assert {each.gate for each in found} == {Gate.CLOUD}
    assert {each.level for each in found} == {5}


@pytest.mark.parametrize(
    ("kind", "name", "rules"),
    [
        ("Bucket", "kept", set()),
        (
            "Bucket",
            "bare",
            {
                "bucket-encrypted",
                "bucket-no-public-access",
                "bucket-versioned",
                "bucket-tls-only",
                "bucket-logs-access",
            },
        ),
        ("Volume", "sealed-disk", set()),
        ("Volume", "plain-disk", {"disk-encrypted"}),
        ("Instance", "good-machine", set()),
        ("Instance", "bad-machine", {"machine-metadata-by-token", "machine-no-public-address"}),
        ("Network", "vpc", set()),
        ("Subnet", "subnet", set()),
        ("Subnet", "open-subnet", {"subnet-no-public-address"}),
        ("SecurityGroup", "narrow-group", set()),
        (
            "SecurityGroup",
            "wide-group",
            {
                "security-group-no-open-administration",
                "security-group-only-web-open",
                "security-group-egress-narrow",
            },
        ),
        ("Key", "good-key", set()),
        ("Key", "bad-key", {"key-rotates"}),
        ("Key", "signing-key", set()),
        ("IamUser", "an", set()),
        ("IamUser", "machine", set()),
        (
            "IamUser",
            "binh",
            {
                "cloud-user-second-factor",
                "cloud-user-rights-by-group",
                "cloud-policy-no-wildcard",
            },
        ),
        ("IamRole", "flows", set()),
        ("IamRole", "open", {"cloud-policy-no-wildcard", "cloud-role-trust-narrow"}),
        ("IamPolicy", "narrow", set()),
        ("IamPolicy", "wide", {"cloud-policy-no-wildcard"}),
        ("LoadBalancer", "sealed", set()),
        ("LoadBalancer", "clear", {"load-balancer-tls"}),
        ("Trail", "whole", set()),
        ("Trail", "part", {"trail-whole", "trail-encrypted"}),
        ("Cluster", "private", set()),
        (
            "Cluster",
            "open",
            {
                "managed-cluster-private",
                "managed-cluster-audits",
                "managed-cluster-encrypts-secrets",
            },
        ),
    ],
)
def test_resource_breaks_exactly(account, broken, kind, name, rules):
    assert broken[kind, account.names.get(name, name)] == rules


def test_default_network_and_its_group_are_open(broken):
    networks = [rules for (kind, _), rules in broken.items() if kind == "Network"]
    groups = [rules for (kind, _), rules in broken.items() if kind == "SecurityGroup"]

    assert {"network-flow-logs"} in networks
    assert any("default-security-group-closed" in rules for rules in groups)


def test_machine_that_was_terminated_is_not_described(account, broken):
    assert ("Instance", account.names["gone-machine"]) not in broken


def test_tags_say_whose_a_resource_is(seen, judge):
    owners = {
        each.target.name: (each.target.agency, each.target.system)
        for each in cloud.findings(seen, judge, 3)
    }

    assert owners["kept"] == owners["whole"] == owners["private"] == ("H26", "portal")
    assert owners["sealed"] == ("H26", "portal")
    assert owners["bare"] == ("", "")


def test_level_of_the_system_decides_what_is_asked(seen, judge):
    found = {(each.rule, each.target.name): each.verdict for each in cloud.findings(seen, judge, 2)}

    assert found["security-group-egress-narrow", seen_name(seen, "SecurityGroup")] is (
        Verdict.NOT_APPLICABLE
    )


def seen_name(seen, kind):
    return next(each["metadata"]["name"] for each in seen.objects if each["kind"] == kind)


def test_ages_of_keys_count_from_the_day_that_is_given(reader, judge):
    later = datetime.now(UTC) + timedelta(days=100)

    seen = cloud.Description(tuple(identities(reader(), later)))

    assert spec(seen, "IamUser", "an")["keyAgesDays"] == [100]
    assert spec(seen, "IamUser", "machine")["keyAgesDays"] == []
    assert "cloud-user-keys-fresh" in {
        each.rule
        for each in cloud.findings(seen, judge, 5)
        if each.verdict is Verdict.FAIL and each.target.name == "an"
    }


def test_objects_are_those_of_the_look(account, seen, session, endpoint):
    found = list(cloud.objects(session, endpoint_url=endpoint, region=REGION))

    assert [each["metadata"]["name"] for each in found] == [
        each["metadata"]["name"] for each in seen.objects
    ]


def test_settings_are_read_as_they_were_made(seen, account):
    kept, wide = (
        spec(seen, "Bucket", "kept"),
        spec(seen, "SecurityGroup", account.names["wide-group"]),
    )

    assert kept["lock"] == {"enabled": True, "mode": "COMPLIANCE", "days": 730}
    assert kept["loggedTo"] == "records"
    assert kept["statements"][0]["conditions"] == ["Bool/aws:SecureTransport=false"]
    assert {each["protocol"] for each in wide["egress"]} == {"all"}
    assert [each["groups"] for each in wide["ingress"] if each["groups"]] == [
        [account.names["narrow-group"]]
    ]
    assert spec(seen, "Cluster", "private")["logs"] == ["api", "audit", "authenticator"]
    assert spec(seen, "IamPolicy", "wide")["statements"][0]["actions"] == ["*"]


def people(account):
    return identities(account, datetime.now(UTC))


@pytest.fixture
def reader(account, session, endpoint):
    """Give the account as somebody sees it to whom some operations are forbidden."""

    def made(*operations):
        return Account(Refusing(session, *operations), REGION, endpoint)

    return made


class Refused:
    status_code = 403


class Refusing:
    """A session in which some operations are forbidden, as for a reader with too few rights."""

    def __init__(self, session, *operations):
        self._session, self._operations = session, operations

    def client(self, service, **given):
        client = self._session.client(service, **given)
        for each in self._operations:
            client.meta.events.register(f"before-call.{each}", self._refuse)
        return client

    @staticmethod
    def _refuse(**_given):
        return Refused(), {"Error": {"Code": "AccessDenied", "Message": "no"}}


def test_part_that_may_not_be_read_is_told_and_stays_open(reader, judge):
    refusing = reader("s3.GetBucketEncryption")

    seen = cloud.Description(tuple(storage.buckets(refusing)), tuple(refusing.unread))
    found = {(each.rule, each.target.name): each for each in cloud.findings(seen, judge, 5)}

    assert Unread("s3:GetBucketEncryption kept", "AccessDenied") in seen.unread
    assert spec(seen, "Bucket", "kept")["encryption"] == UNKNOWN
    assert found["bucket-encrypted", "kept"].verdict is Verdict.UNDETERMINED
    assert found["bucket-encrypted", "kept"].unknown == ("spec.encryption",)
    assert found["bucket-versioned", "kept"].verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("read", "operation", "what"),
    [
        (storage.volumes, "ec2.DescribeVolumes", "ec2:DescribeVolumes"),
        (protection.keys, "kms.DescribeKey", "kms:DescribeKey"),
        (protection.trails, "cloudtrail.DescribeTrails", "cloudtrail:DescribeTrails"),
        (compute.clusters, "eks.DescribeCluster", "eks:DescribeCluster private"),
        (people, "iam.GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails"),
    ],
)
def test_kind_that_may_not_be_listed_is_told(reader, read, operation, what):
    refusing = reader(operation)

    assert list(read(refusing)) == []
    assert any(each.what.startswith(what) for each in refusing.unread)
    assert {each.code for each in refusing.unread} == {"AccessDenied"}


@pytest.mark.parametrize(
    ("read", "operation", "kind", "field"),
    [
        (network.networks, "ec2.DescribeFlowLogs", "Network", "flowLogs"),
        (
            network.load_balancers,
            "elastic-load-balancing-v2.DescribeListeners",
            "LoadBalancer",
            "listeners",
        ),
        (protection.trails, "cloudtrail.GetTrailStatus", "Trail", "running"),
        (protection.keys, "kms.GetKeyRotationStatus", "Key", "rotates"),
        (people, "iam.GetLoginProfile", "IamUser", "hasPassword"),
        (people, "iam.ListMFADevices", "IamUser", "secondFactors"),
        (people, "iam.ListAccessKeys", "IamUser", "keyAgesDays"),
    ],
)
def test_field_that_may_not_be_read_is_unknown(reader, read, operation, kind, field):
    refusing = reader(operation)

    found = {each["spec"][field] for each in read(refusing) if each["kind"] == kind}

    assert found == {UNKNOWN}
    assert refusing.unread


def test_absent_trail_is_no_verdict_where_something_was_refused(judge):
    there = base("network")

    seen = [
        cloud.findings(cloud.Description((there,), unread), judge, 5)
        for unread in ((), (Unread("cloudtrail:DescribeTrails", "AccessDenied"),))
    ]

    assert [
        next(each.verdict for each in found if each.rule == "network-has-trail") for found in seen
    ] == [Verdict.FAIL, Verdict.UNDETERMINED]


def test_listing_is_read_page_by_page(account, session, endpoint):
    balancers = session.client("elbv2", endpoint_url=endpoint)
    made = [
        balancers.create_load_balancer(
            Name=f"page-{number}", Subnets=[account.names["subnet"]], Type="network"
        )["LoadBalancers"][0]["LoadBalancerArn"]
        for number in range(51)
    ]
    account_seen = Account(session, REGION, endpoint)

    found = list(account_seen.pages("elbv2", "describe_load_balancers", "LoadBalancers"))

    for arn in made:
        balancers.delete_load_balancer(LoadBalancerArn=arn)
    first = balancers.describe_load_balancers()
    assert len(found) == 51 + len(first["LoadBalancers"])
    assert account_seen.unread == []


def test_account_without_credentials_is_told_and_nothing_is_judged(monkeypatch, tmp_path, judge):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    seen = cloud.look(boto3.Session(), endpoint_url="http://127.0.0.1:1", region=REGION)

    assert seen.objects == ()
    assert {each.code for each in seen.unread} == {"NoCredentialsError"}
    assert len(seen.unread) >= 11
    assert cloud.findings(seen, judge, 5) == ()


def test_statements_are_flat_whatever_the_document_leaves_out():
    document = {
        "Statement": [
            {
                "Effect": "Allow",
                "NotAction": "iam:*",
                "Resource": "*",
                "Condition": {"StringEquals": {"a": ["x", "y"]}},
            },
            {"Effect": "Deny", "Principal": {"AWS": ["1", "2"]}, "Action": ["a", "b"]},
        ]
    }

    first, second = statements(json.dumps(document))

    assert (first["inverse"], second["inverse"]) == (True, False)
    assert first["conditions"] == ["StringEquals/a=x", "StringEquals/a=y"]
    assert (first["principals"], second["principals"]) == ([], ["1", "2"])
    assert (second["resources"], second["actions"]) == ([], ["a", "b"])
    assert statements(None) == []


def test_what_is_not_told_is_left_out_of_a_description():
    thing = described("Volume", "v", [{"Key": "a"}], {"encrypted": True, "sizeGib": None})

    assert thing["metadata"] == {"name": "v", "labels": {"a": ""}}
    assert thing["spec"] == {"encrypted": True}
