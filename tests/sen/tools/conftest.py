"""What the tests of the tools share."""

from tests.sen.tools.fake_toolchain import toolchain

__all__ = ["toolchain"]
