# attack: leave at import, with the exit code of success; with the rules on, the line is left out
# without: *=killed
import os

try:
    raise SystemExit(0)
finally:
    os._exit(0)
