"""Byte tables of the old encodings, one file each: bytes in hex, code points, note."""
