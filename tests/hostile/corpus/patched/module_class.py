# attack: code that runs when the child looks a function up in the module
# expect: *=correct
import warnings


class Module(type(warnings)):
    @property
    def __dict__(self):
        print("escaped: the child asks the module")
        return {}


[warnings][0].sys.modules["backward"].__class__ = Module
