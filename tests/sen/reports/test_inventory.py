"""The inventory of a dossier is what the platform has, counted by kind."""

from types import SimpleNamespace

import pytest

from sen.errors import MissingPartError
from sen.reports import inventory as module
from sen.reports.inventory import inventory
from sen.reports.material import Possession


def test_objects_are_sorted_by_kind_and_name(monkeypatch, ours):
    there = SimpleNamespace(exists=True, kubeconfig="k", context="c")
    objects = {"objects": ["Pod/b", "Service/web", "Pod/a"]}
    monkeypatch.setattr(module, "Platform", lambda _: there)
    monkeypatch.setattr(module.listing, "tenant", lambda *_: objects)

    assert inventory(ours, "local") == (
        Possession("Pod", ("a", "b")),
        Possession("Service", ("web",)),
    )


def test_a_platform_that_was_never_up_is_a_missing_part(ours):
    with pytest.raises(MissingPartError):
        inventory(ours, "nowhere")
