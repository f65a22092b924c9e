"""The journals of a wave go from one machine to another: packed, judged, taken whole."""
