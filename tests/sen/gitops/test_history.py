"""Git says who wrote and who merged; what it cannot say is refused, not guessed."""

import pytest

from sen.errors import MissingPartError
from sen.gitops.history import Origin, Repository
from stacks.problem import ProblemError
from tests.sen.gitops.checkout import AN, BINH, CHI

NAME = "agencies/portal.yaml"


def origin(repo):
    return Repository(repo.requests).origin(NAME)


def test_author_of_the_last_commit_asks(repo):
    repo.write("portal.yaml")
    repo.write("portal.yaml", by=CHI, size="M")
    repo.write("other.yaml", by=BINH, slug="other")

    assert origin(repo) == Origin(CHI)


def test_merge_names_its_committer_and_all_who_wrote(repo):
    repo.git("checkout", "-qb", "proposal")
    repo.write("portal.yaml", by=CHI)
    repo.write("portal.yaml", by=AN, size="M")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge", "proposal", by=BINH)
    repo.write("other.yaml", slug="other")

    assert origin(repo) == Origin(AN, BINH, frozenset({AN, CHI}))


def test_commit_after_the_merge_counts_as_merged_by_nobody(repo):
    repo.merge(by=BINH)
    repo.write("portal.yaml", by=BINH, size="M")

    assert origin(repo) == Origin(BINH)


def test_who_changes_a_file_while_merging_wrote_it_too(repo):
    repo.git("checkout", "-qb", "proposal")
    repo.write("portal.yaml")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "proposal", by=BINH)
    file = repo.requests / "portal.yaml"
    file.write_text(file.read_text().replace("size: S", "size: XL"))
    repo.git("add", "-A")
    repo.git("commit", "-qm", "Merge", by=BINH)

    assert origin(repo) == Origin(BINH, BINH, frozenset({AN, BINH}))


def test_mail_is_read_in_small_letters_and_no_mailmap_changes_it(repo):
    (repo.root / ".mailmap").write_text(f"Head <{BINH}> <{AN}>\n")
    repo.write("portal.yaml", by=AN.upper())

    assert origin(repo) == Origin(AN)


def test_replaced_commit_deceives_nobody(repo):
    repo.write("portal.yaml")
    forged = repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD^", "-m", "forged", by=BINH)
    repo.git("replace", "HEAD", forged.strip())

    assert origin(repo) == Origin(AN)


@pytest.mark.parametrize("where", ["", "nowhere/deeper"])
def test_folder_without_a_repository_is_told(tmp_path, where):
    with pytest.raises(ProblemError, match="no Git checkout"):
        Repository(tmp_path / where)


def test_what_is_not_committed_is_named(repo):
    repo.write("portal.yaml")
    (repo.requests / "portal.yaml").write_text("changed: true\n")
    (repo.requests / "nêw.yaml").write_text("new: true\n")
    (repo.root / "elsewhere.txt").write_text("this does not matter")

    with pytest.raises(ProblemError, match=r"agencies/portal\.yaml, agencies/nêw\.yaml"):
        Repository(repo.requests).must_be_whole(repo.requests)


def test_cut_history_is_refused(repo, tmp_path):
    repo.merge(by=BINH)
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.root}", str(tmp_path / "cut"))
    cut = tmp_path / "cut" / "agencies"

    with pytest.raises(ProblemError, match="unshallow"):
        Repository(cut).must_be_whole(cut)


def test_machine_without_git_is_told(repo, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(MissingPartError, match="install git"):
        Repository(repo.requests)
