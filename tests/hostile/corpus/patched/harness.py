# attack: patch the child's own functions
# with rules: *=correct
# without: *=correct|raised|killed|timed_out|wrong_type|not_started
import sys

for name, module in list(sys.modules.items()):
    if name.startswith("grader"):
        for key, value in list(vars(module).items()):
            if callable(value) and not isinstance(value, type):
                setattr(module, key, lambda *args, **kwargs: "escaped"[:0])
