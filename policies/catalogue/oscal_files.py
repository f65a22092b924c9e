"""Writes the catalogue as OSCAL files, validated by compliance-trestle, which is slow to load."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trestle.core.base_model import OscalBaseModel
from trestle.oscal.catalog import Catalog
from trestle.oscal.profile import Profile

from policies.catalogue.instrument import FOLDER, RegimeName
from policies.catalogue.oscal_catalog import catalog, catalogued
from policies.catalogue.oscal_profile import name_of, profile
from policies.scope import LEVELS

OUTPUT = FOLDER / "oscal"


def files() -> dict[str, str]:
    """Give every file by its path in a trestle workspace; the same data give the same bytes."""
    catalogs = {
        f"catalogs/{each.lower()}/catalog.json": _text(Catalog.model_validate(catalog(each)))
        for each in catalogued()
    }
    profiles = {
        f"profiles/{name_of(regime, level)}/profile.json": _text(
            Profile.model_validate(profile(regime, level))
        )
        for regime in RegimeName
        for level in LEVELS
    }
    return {**catalogs, **profiles}


def write(folder: Path = OUTPUT) -> Iterable[Path]:
    """Write every file below a folder."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        yield path


def _text(model: OscalBaseModel) -> str:
    return model.oscal_serialize_json(pretty=True) + "\n"
