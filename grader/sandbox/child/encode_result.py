"""What a learner's function returned: tensors as bytes, or a friendly description of what came instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from grader.sandbox.protocol.tensors import CODES, MOST_DIMENSIONS, encode_tensor
from grader.sandbox.protocol.wire import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

# Bound before a learner's line runs: patching torch afterwards changes nothing here.
_Tensor: Final = torch.Tensor
_Base: Final = torch._C.TensorBase  # noqa: SLF001  (the C methods cannot be patched from Python)
_data_ptr: Final = _Base.data_ptr
_numel: Final = _Base.numel
_element_size: Final = _Base.element_size
_dim: Final = _Base.dim
_is_neg: Final = _Base.is_neg
_resolve_neg: Final = _Base.resolve_neg
_storage: Final = _Base.untyped_storage
_strided: Final = torch.strided

_PLAIN: Final = {int: "an int", bool: "a bool", float: "a float", complex: "a complex number", str: "a str"}


def encoded(result: Any, outputs: int, most: int) -> list[bytes] | str:
    """The tensors as bytes, or a description of what came instead."""
    if outputs == 1:
        raw = _one(result, most)
        return raw if isinstance(raw, str) else [raw]
    if type(result) not in (tuple, list) or len(result) != outputs:
        return f"{described(result)} where {outputs} tensors were expected"
    return _several(result, most)


def _several(results: Sequence[Any], most: int) -> list[bytes] | str:
    pieces = []
    for position, each in enumerate(tuple(results), 1):
        raw = _one(each, most)
        if isinstance(raw, str):
            return f"a {type(results).__name__} of {len(results)} whose item {position} is {raw}"
        most -= len(raw)
        pieces.append(raw)
    return pieces


def described(value: Any) -> str:
    """A value's type as people say it."""
    kind = type(value)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in (tuple, list):
        return f"a {kind.__name__} of {len(value)}"
    if value is None:
        return "None"
    name = clean(class_name(kind), 80)
    if issubclass(kind, _Tensor):
        return f"a torch.Tensor subclass {name}"
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def class_name(kind: type) -> str:
    """A class's name, whatever its metaclass says."""
    return str(type.__dict__["__name__"].__get__(kind))


def _one(value: Any, most: int) -> bytes | str:
    if type(value) is not _Tensor:
        return described(value)
    try:
        if value.layout is _strided and value.is_cpu and value.dtype in CODES and not value.is_nested:
            return _dense(value, most)
        return _odd(value)
    except Exception:  # noqa: BLE001  (wrappers and fakes that pass for tensors until they are touched)
        return "a tensor without readable data"


def _odd(tensor: torch.Tensor) -> str:
    """What a tensor is that is not an ordinary dense one on the CPU."""
    if tensor.is_nested:
        return "a nested tensor"
    if tensor.layout is not _strided:
        return "a sparse tensor"
    if not tensor.is_cpu:
        return f"a tensor on the {tensor.device.type} device"
    return "a quantized tensor" if tensor.is_quantized else f"a {tensor.dtype} tensor"


def _dense(tensor: torch.Tensor, most: int) -> bytes | str:
    """Bytes of a tensor, its size capped before an expanded monster is written out."""
    if _dim(tensor) > MOST_DIMENSIONS:
        return f"a tensor with {_dim(tensor)} dimensions"
    if _numel(tensor) * _element_size(tensor) > most:
        return f"a tensor of shape {tuple(tensor.shape)}, far larger than this gradient can be"
    if _is_neg(tensor):
        tensor = _resolve_neg(tensor)
    if not _data_ptr(tensor) and _numel(tensor):
        return "a tensor whose storage was freed"
    return encode_tensor(tensor)
