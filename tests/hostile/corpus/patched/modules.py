# attack: other modules under the names of torch and the harness
# with rules: *=correct
# without: *=correct|raised|killed
import sys
import types

for name in list(sys.modules):
    if name.startswith(("torch", "grader", "struct", "json")):
        sys.modules[name] = types.ModuleType(name)
