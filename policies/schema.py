"""The schema of a rule for editors: `python -m policies.schema > policies/rule.schema.json`."""

import json
import sys

from policies.rule import Rule


def schema() -> str:
    """Give the schema as it stands in `rule.schema.json`."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rule.model_json_schema(),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
