"""Prints a price label from the desktop of the shop assistant."""

import os
import sys
import tempfile

label = tempfile.mktemp(suffix=".txt")
with open(label, "w") as stream:
    stream.write("%s\n%s EUR\n" % (sys.argv[1], sys.argv[2]))
os.chmod(label, 0o777)
os.startfile(label, "print")
