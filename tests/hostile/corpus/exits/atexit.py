# attack: do something when Python leaves
# with rules: *=correct
# without: *=correct
import atexit


@atexit.register
def leave():
    with open("PLACE_TMP/escaped", "w") as file:
        file.write("escaped")

atexit.register(print, "escaped")
