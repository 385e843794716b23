"""Pixels to faces: decode, detect, align, judge, embed. Knows no Firebase and no HTTP."""

import os

# ONNX Runtime reads this when it is imported: without it, it looks up its maker's host, and keeps a device id and
# a database in the home folder
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
