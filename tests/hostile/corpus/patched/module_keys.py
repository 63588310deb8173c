# attack: a key in the module that compares itself with the name that the child looks up
# expect: *=correct
import string
import warnings


class Name(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        me = []

        def walk():
            yield string.Formatter().get_field("0.gi_frame.f_back.f_back", me, {})[0]

        me.append(walk())
        caller = string.Formatter().get_field("0.f_code.co_name", (next(me[0]),), {})[0]
        if caller not in ("drive", "<module>"):
            raise RuntimeError(f"escaped: compared in {caller}")
        return str(self) == other


names = string.Formatter().get_field("0.__dict__", ([warnings][0].sys.modules["backward"],), {})[0]
names[Name("dprobs")] = None
