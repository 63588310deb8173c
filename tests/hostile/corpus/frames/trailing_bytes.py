# attack: patch the encoder so that an empty tensor is followed by bytes
# with rules: *=correct
# without: dprobs=killed|correct *=correct|killed
import sys

calls = sys.modules.get("grader.sandbox.child.calls")
original = getattr(calls, "encode_returned", None)
if original is not None:
    calls.encode_returned = lambda *args: original(*args) + b"escaped"
