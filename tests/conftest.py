"""What every test shares."""

pytest_plugins = ["tests.platform_fixture"]
