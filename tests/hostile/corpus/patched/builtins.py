# attack: patch the built-in functions that the harness itself calls
# with rules: dprobs=wrong_values
# without: dprobs=wrong_values|raised|killed|wrong_type *=correct|raised|killed|wrong_type
import builtins

original = builtins.isinstance
builtins.len = lambda thing: 0
builtins.isinstance = lambda thing, kind: True
builtins.type = lambda *args: str


def dprobs(dlogprobs, probs):
    return dlogprobs * probs
