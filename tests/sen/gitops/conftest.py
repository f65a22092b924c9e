"""A repository for each test."""

import pytest
import yaml

from tests.sen.gitops.checkout import KNOWN, checkout


@pytest.fixture
def repo(tmp_path):
    return checkout(tmp_path / "repo")


@pytest.fixture
def known(tmp_path):
    file = tmp_path / "approvers.yaml"
    file.write_text(yaml.safe_dump(KNOWN))
    return file
