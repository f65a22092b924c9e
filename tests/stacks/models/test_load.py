"""What strangers put in a file is read, or refused with its line, in both languages."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.models import schema
from stacks.models.country import country
from stacks.models.document import COUNTRY_LIMIT_BYTES, MAX_DEPTH, Text, read
from stacks.models.explain import SAMPLE
from stacks.models.load import load_current, load_request, load_requests
from stacks.models.scalar import scalar
from stacks.models.tenant import Stage, TenantRequest
from stacks.problem import Language, ProblemError, messages

TODAY = date(2026, 11, 23)
AGENCIES = Path(schema.FILE).parent
WRONG_FIELDS = yaml.safe_load((Path(__file__).parent / "wrong_fields.yaml").read_text("utf-8"))
HEALTHY = """\
agency: H26
system:
  slug: operations-centre
  name:
    vi: Trung tâm điều hành
    en: Operation centre
  blueprint: operations-centre
  owner_unit: Sở Khoa học và Công nghệ
  officer: ioc@hanoi.example.gov.vn
  level: 3
  personal_data: true
  state_secret: false
stage: production
size: M
network:
  ingress:
    - {cidr: 10.26.0.0/16, ports: [443]}
groups:
  admins: [h26-ioc-admins]
starts: 2026-11-16
ends: 2029-11-15
budget:
  code: H26-2026-014
  monthly_ceiling_vnd: 9000000
"""


def changed(*pairs):
    text = HEALTHY
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def file(tmp_path):
    def write(content, name="request.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal(*paths, **options):
    """Load, expect a refusal, and give its problems as (key, English text)."""
    with pytest.raises(ProblemError) as caught:
        load_requests(paths, TODAY, **options)
    assert caught.value.exit_code == 2
    for problem in caught.value.problems:
        english, vietnamese = problem.text(Language.EN), problem.text(Language.VI)
        assert english != vietnamese
        assert "{" not in problem.text(Language.EN).replace("{cidr", "").replace("{vi", "")
        assert "\n" not in english + vietnamese
    return [(problem.key, problem.text(Language.EN)) for problem in caught.value.problems]


def test_a_healthy_file_is_loaded(file):
    request = load_request(file(HEALTHY), TODAY)

    assert request.name == "h26-operations-centre-production"
    assert request.system.owner_unit == "Sở Khoa học và Công nghệ"
    assert (request.starts, request.ends) == (date(2026, 11, 16), date(2029, 11, 15))


def test_what_is_loaded_is_what_yaml_says(file):
    by_us = load_request(file(HEALTHY), TODAY)
    by_yaml = TenantRequest.model_validate(yaml.safe_load(HEALTHY), context={"today": TODAY})

    assert by_us == by_yaml


def test_the_sample_of_the_messages_is_a_healthy_request():
    assert TenantRequest.model_validate(SAMPLE, context={"today": TODAY})


@pytest.mark.parametrize("case", WRONG_FIELDS, ids=lambda case: f"{case['key']}-{case['new'][:20]}")
def test_a_wrong_field_is_refused_with_its_line_and_remedy(file, case):
    found = refusal(file(changed((case["old"], case["new"]))))

    told = [text for key, text in found if key == case["key"]]
    assert any(case["words"] in text for text in told), found


def test_every_problem_of_every_file_is_told_at_once(file):
    one = file(changed(("size: M", "sise: M"), ("stage: production", "stage: prod")), "a.yaml")
    other = file(changed(("  level: 3", "  level: 9")), "b.yaml")

    found = refusal(one.parent)

    assert [key for key, _ in found] == ["request-choice", "request-unknown-key", "request-range"]
    assert str(one) in found[0][1]
    assert str(other) in found[2][1]


def test_the_same_system_twice_names_both_files(file):
    one, other = file(HEALTHY, "a.yaml"), file(HEALTHY, "b/b.yml")

    ((key, text),) = refusal(one.parent)

    assert key == "request-twice"
    assert f"in {one} and in {other}" in text


def test_the_same_system_twice_in_one_file_names_both_places(file):
    path = file(f"{HEALTHY}---\n{HEALTHY}")

    ((key, text),) = refusal(path)

    assert key == "request-twice"
    assert f"in {path}#0 and in {path}#1" in text


@pytest.mark.parametrize("form", ["stream", "list"])
def test_a_file_may_hold_many_requests(file, form):
    other = changed(("stage: production", "stage: staging"))
    entries = [yaml.safe_load(HEALTHY), yaml.safe_load(other)]
    text = f"{HEALTHY}---\n{other}" if form == "stream" else yaml.safe_dump(entries)

    requests = load_requests([file(text)], TODAY)

    assert [request.stage for request in requests] == ["production", "staging"]


def test_a_line_is_right_in_the_second_document_too(file):
    path = file(f"{HEALTHY}---\n{changed(('size: M', 'sise: M'))}")

    ((_, text),) = refusal(path)

    assert f"{path}:{HEALTHY.count(chr(10)) + 1 + 14} sise" in text


def test_one_request_is_asked_for_and_two_are_refused(file):
    path = file(f"{HEALTHY}---\n{changed(('stage: production', 'stage: staging'))}")

    with pytest.raises(ProblemError, match=r"one request is expected here, 2 were found|cần đúng"):
        load_request(path, TODAY)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n", "[]"])
def test_a_file_without_a_request_is_refused(file, text):
    ((key, _),) = refusal(file(text))

    assert key == "request-none"


def test_a_folder_without_requests_is_refused(tmp_path):
    ((key, _),) = refusal(tmp_path)

    assert key == "request-none"


@pytest.mark.parametrize("text", ["just words", "12", "- 1\n", "- agency\n- H26\n"])
def test_what_is_not_a_mapping_is_refused(file, text):
    assert {key for key, _ in refusal(file(text))} == {"request-not-a-mapping"}


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("agency: [H26\n", "yaml-broken", ":2:1"),
        ("agency: H26\n\tstage: x\n", "yaml-broken", ":2:1"),
        ("agency: 'H26\n", "yaml-broken", ":2:1"),
        ("a: b: c\n", "yaml-broken", ":1:5"),
        ("a: \x01\n", "yaml-broken", ""),
        ("a: b\x00\n", "yaml-broken", ""),
        ("%YAML 9.1\n---\na: 1\n", "yaml-broken", ":1:1"),
        ("agency: &x H26\n", "yaml-anchor", ":1:9"),
        ("agency: *x\n", "yaml-anchor", ":1:9"),
        ("&x agency: H26\n", "yaml-anchor", ":1:1"),
        ("a: !!python/object/apply:os.system [id]\n", "yaml-tag", ":1:4"),
        ("a: !!str 1\n", "yaml-tag", ":1:4"),
        ("stage: staging\nstage: training\n", "yaml-key-twice", ":2:1"),
        ("? [a]\n: b\n", "yaml-key", ":1:3"),
        ("[" * (MAX_DEPTH + 1), "yaml-too-deep", f":1:{MAX_DEPTH + 1}"),
        ("- " * 200_000 + "1", "yaml-too-deep", f":1:{2 * MAX_DEPTH + 1}"),
        ("[" * 900_000, "yaml-too-deep", f":1:{MAX_DEPTH + 1}"),
        ("{a: " * 200_000, "yaml-too-deep", f":1:{4 * MAX_DEPTH + 1}"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_our_yaml_is_refused_with_line_and_column(file, text, key, place):
    path = file(text)

    ((found, words),) = refusal(path)

    assert found == key
    assert words.startswith(f"{path}{place}: ")


def test_a_billion_laughs_are_refused_before_the_first(file):
    bomb = "a0: &a0 [ha, ha]\n" + "".join(
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)
    )
    path = file(bomb)

    ((key, text),) = refusal(path)

    assert key == "yaml-anchor"
    assert text.startswith(f"{path}:1:5: ")


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as huge:
        huge.truncate(100_000_000)

    ((key, text),) = refusal(path)

    assert key == "file-too-large"
    assert "the file has 96 MiB, the limit is 1 MiB" in text


def test_a_limit_may_be_raised_for_generated_files(file):
    path = file(HEALTHY + "#" * (1 << 20))

    assert refusal(path)[0][0] == "file-too-large"
    assert len(load_requests([path], TODAY, limit=COUNTRY_LIMIT_BYTES)) == 1


@pytest.mark.parametrize(
    ("raw", "line", "byte"),
    [
        (b"agency: H26\nname: H\xb5 N\xe9i\n", 2, 19),  # TCVN3
        (HEALTHY.encode("utf-16"), 1, 0),
        (b"a: \xed\xa0\x80", 1, 3),  # half a surrogate pair
    ],
)
def test_what_is_not_utf8_is_refused_with_line_and_byte(file, raw, line, byte):
    path = file(raw)

    ((key, text),) = refusal(path)

    assert key == "file-not-utf8"
    assert text.startswith(f"{path}:{line}: the file is not UTF-8: byte {byte} on line {line}")


def test_a_byte_order_mark_is_no_harm(file):
    assert load_request(file(b"\xef\xbb\xbf" + HEALTHY.encode()), TODAY)


def test_a_missing_file_and_a_device_are_refused(tmp_path):
    assert refusal(tmp_path / "none.yaml")[0][0] == "file-unreadable"
    assert refusal(Path("/dev/zero"))[0][0] == "file-not-a-file"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("~", None),
        ("0", 0),
        ("-7", -7),
        ("007", "007"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("1.5", 1.5),
        ("1e9", "1e9"),
        ("9" * 30, "9" * 30),
        ("٣", "٣"),
        ("2026-11-16", date(2026, 11, 16)),
        ("2026-13-01", "2026-13-01"),
    ],
)
def test_a_plain_word_means_what_it_says(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_a_quoted_word_is_always_text():
    assert Text("t", '["1", \'true\', ""]').documents() == [["1", "true", ""]]


keys = st.text("abcdef", min_size=1, max_size=4)
# PyYAML writes these line ends of Unicode plainly into quoted text, where every reader folds them.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"))
leaves = st.one_of(
    st.booleans(), st.none(), st.integers(-(10**17), 10**17), st.dates(date(1000, 1, 1)), texts
)
data = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)


@settings(deadline=None)
@given(data)
def test_any_data_is_read_back_as_it_was_written(value):
    written = yaml.safe_dump(value, allow_unicode=True, default_style=None, sort_keys=False)
    plain = yaml.dump(value, Dumper=NoAliases, allow_unicode=True) if "&id" in written else written

    assert Text("t", plain).documents() == [value]


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def problems_of(text):
    try:
        Text("t", text).documents()
    except ProblemError as error:
        return error.problems
    return ()


@settings(deadline=None)
@given(st.text() | st.text("[]{}:,&*!|>'\"%@`#-? \n\tab01", max_size=60))
def test_no_text_does_worse_than_a_refusal(text):
    assert all(problem.key.startswith("yaml-") for problem in problems_of(text))


def test_one_ended_request_does_not_stop_the_others(file):
    running = file(HEALTHY, "a.yaml")
    ended = changed(
        ("stage: production", "stage: staging"), ("ends: 2029-11-15", "ends: 2026-11-22")
    )
    file(ended, "b.yaml")

    loaded = load_current([running.parent], TODAY)

    assert [request.stage for request in loaded.requests] == ["production"]
    assert [request.stage for request in loaded.ended] == ["staging"]


def test_without_a_day_the_real_one_decides(file):
    path = file(changed(("starts: 2026-11-16", "starts: 2020-01-01"), ("2029-11-15", "2020-12-31")))

    with pytest.raises(ProblemError, match="2020-12-31"):
        load_requests([path])
    assert len(load_current([path]).ended) == 1


def test_a_country_is_loaded_from_one_file_as_it_was_written(tmp_path):
    path = tmp_path / "country.yaml"
    requests = list(country(Stage.STAGING, date(2026, 11, 16), date(2027, 11, 15)))
    path.write_text("---\n".join(f"{request.model_dump_json()}\n" for request in requests), "utf-8")

    loaded = load_requests([path], TODAY, limit=COUNTRY_LIMIT_BYTES)

    assert loaded == tuple(requests)


def test_the_demos_requests_are_healthy_and_cover_the_programme():
    requests = load_requests([AGENCIES], TODAY)

    assert len(requests) >= 10
    assert {request.system.level for request in requests} == {1, 2, 3, 4, 5}
    assert {request.stage for request in requests} == set(Stage)


@pytest.mark.parametrize("path", sorted(AGENCIES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_request_file_lies_with_its_agency_and_names_the_schema(path):
    request = load_request(path, TODAY)

    assert request.agency.split(".")[0].lower() == path.parent.name
    first = read(path).content.splitlines()[0]
    assert first == "# yaml-language-server: $schema=../tenant-request.schema.json"


def test_every_tenant_that_a_request_names_is_asked_for():
    requests = load_requests([AGENCIES], TODAY)
    openings = [
        opening
        for request in requests
        for opening in (*request.network.ingress, *request.network.egress)
    ]
    named = {opening.tenant for opening in openings if opening.tenant}

    assert named
    assert named <= {request.name for request in requests}


def test_the_schema_for_editors_is_the_models():
    written = schema.FILE.read_text("utf-8")

    assert written == schema.schema(), "run: python -m stacks.models.schema"
    assert json.loads(written)["additionalProperties"] is False


def test_every_message_speaks_both_languages():
    for key, message in messages().items():
        assert set(message) == {"en", "vi"}, key
        for words in message.values():
            assert set(words) == {"rule", "remedy"}, key
            assert all(words.values()), key
