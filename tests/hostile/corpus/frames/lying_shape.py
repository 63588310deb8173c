# attack: patch the encoder so that the answer has 65535^4 elements
# with rules: *=correct
# without: dprobs=killed|correct *=correct|killed
import struct
import sys

messages = sys.modules.get("grader.sandbox.child.calls")
if messages is not None:
    for name in [name for name in dir(messages) if name.startswith("encode_tensor")]:
        setattr(messages, name, lambda *args: struct.pack("<BB4I", 0, 4, 65535, 65535, 65535, 65535) + b"\0" * 64)
