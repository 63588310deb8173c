# attack: annotations are evaluated, and lead to a kernel in the place of Meta's
# expect: dhpreact=raised
import typing

import torch


def evaluated(text):
    def bearer(): pass
    bearer.__annotations__ = {"value": text}
    return typing.get_type_hints(bearer, {"torch": torch})["value"]


def dhpreact(dh, h):
    call = evaluated("torch.ops.aten.tanh_" + "backward.default._op_dk")
    return call(evaluated("torch._C.DispatchKey.Meta"), dh, h)
