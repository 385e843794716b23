"""Lookout: face-recognising CCTV on Firebase.

Rooms: ``vision`` turns pixels into faces, ``domain`` decides, ``cloud`` stores, ``web`` talks HTTP.
Imports point one way: functions -> web, cloud -> domain <- vision.
"""

__version__ = "2.0.0"
