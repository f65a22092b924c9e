"""The JSON schema of a request, for editors: `python -m stacks.models.schema` writes it."""

import json
from pathlib import Path

from stacks.models.tenant import TenantRequest

FILE = Path(__file__).resolve().parent.parent / "agencies" / "tenant-request.schema.json"


def schema() -> str:
    """Give the schema as text, the same for the same model."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written from stacks/models/tenant.py by `python -m stacks.models.schema`.",
        **TenantRequest.model_json_schema(),
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema(), "utf-8")
