"""Implementations of a linear layer, relu, gelu, dropout, swiglu and a GRU cell: see layer_implementations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from layer_implementations import Layer, normal

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Cache = Any

# linear: out = x @ w + b


def linear_inputs(seed: int, n: int = 4, d: int = 5, m: int = 3) -> dict[str, Tensor]:
    return normal(seed, x=(n, d), w=(d, m), b=(m,))


def linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w + b


def linear_with_cache(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Cache]:
    return x @ w + b, (x, w)


LINEAR = Layer(linear, linear_with_cache, linear_inputs, ("dx", "dw", "db"))


@LINEAR.right("as in a textbook")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


@LINEAR.right("by einsum, dw not contiguous")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dx = torch.einsum("nm,dm->nd", dout, w)
    return dx, (dout.T @ x).T, torch.ones(len(x), dtype=x.dtype) @ dout


@LINEAR.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = (each.float() for each in cache)
    kind, dout = dout.dtype, dout.float()
    return (dout @ w.T).to(kind), (x.T @ dout).to(kind), dout.sum(0).to(kind)


@LINEAR.wrong("db has the wrong sign")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return dout @ w.T, x.T @ dout, -dout.sum(0)


@LINEAR.wrong("db is the mean over the batch")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(0)


@LINEAR.wrong("db keeps the dimension that it was summed over")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0, keepdim=True)


@LINEAR.wrong("db is not summed")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout


@LINEAR.wrong("an upstream gradient of ones is assumed")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return w.sum(1).expand_as(x), x.sum(0)[:, None].expand_as(w), torch.full_like(w[0], len(dout))


@LINEAR.wrong("a batch of 4 is written into the loop")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dw = torch.zeros_like(w)
    for row in range(4):
        dw += torch.outer(x[row], dout[row])
    return dout @ w.T, dw, dout.sum(0)


@LINEAR.wrong("the last row is left out of dw")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return dout @ w.T, x[:-1].T @ dout[:-1], dout.sum(0)


@LINEAR.wrong("dx is 2 % too large")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    return 1.02 * (dout @ w.T), x.T @ dout, dout.sum(0)


@LINEAR.wrong_with_state("dw adds up over calls")
def _() -> Callable[[Tensor, Cache], tuple[Tensor, ...]]:
    grads: dict[Any, Tensor] = {}

    def linear_backward(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
        x, w = cache
        grads[w.shape, w.dtype] = grads.get((w.shape, w.dtype), 0) + x.T @ dout
        return dout @ w.T, grads[w.shape, w.dtype], dout.sum(0)

    return linear_backward


# relu: out = max(x, 0)


def relu_inputs(seed: int, n: int = 4, d: int = 5) -> dict[str, Tensor]:
    return normal(seed, x=(n, d))


def relu(x: Tensor) -> Tensor:
    return x.clamp(min=0)


def relu_with_cache(x: Tensor) -> tuple[Tensor, Cache]:
    return x.clamp(min=0), x


RELU = Layer(relu, relu_with_cache, relu_inputs, ("dx",))


@RELU.right("dout times a mask")
def _(dout: Tensor, x: Cache) -> Tensor:
    return dout * (x > 0)


@RELU.right("a copy of dout, zeroed, not contiguous")
def _(dout: Tensor, x: Cache) -> Tensor:
    dx = dout.clone()
    dx[x <= 0] = 0
    return dx.T.contiguous().T


@RELU.wrong("dout is changed in place")
def _(dout: Tensor, x: Cache) -> Tensor:
    dout[x <= 0] = 0
    return dout


@RELU.wrong("the mask is that of dout")
def _(dout: Tensor, x: Cache) -> Tensor:
    del x
    return dout * (dout > 0)


@RELU.wrong("the mask is returned, whatever dout is")
def _(dout: Tensor, x: Cache) -> Tensor:
    return (x > 0).to(dout.dtype)


@RELU.wrong("the other half passes")
def _(dout: Tensor, x: Cache) -> Tensor:
    return dout * (x < 0)


@RELU.wrong("negative inputs leak 1 %")
def _(dout: Tensor, x: Cache) -> Tensor:
    return torch.where(x > 0, dout, 0.01 * dout)


@RELU.wrong("multiplied by the output")
def _(dout: Tensor, x: Cache) -> Tensor:
    return dout * x.clamp(min=0)


@RELU.wrong("the mask of the first row is used for all")
def _(dout: Tensor, x: Cache) -> Tensor:
    return dout * (x[0] > 0)


@RELU.wrong("zero where dout is small")
def _(dout: Tensor, x: Cache) -> Tensor:
    return torch.where(dout.abs() > 0.05, dout, torch.zeros_like(dout)) * (x > 0)


@RELU.wrong("cut off above 6, as if it were relu6")
def _(dout: Tensor, x: Cache) -> Tensor:
    return dout * ((x > 0) & (x < 6))


# gelu, with tanh: out = x / 2 (1 + tanh(C (x + A x**3)))

C, A = math.sqrt(2 / math.pi), 0.044715


def gelu_inputs(seed: int, n: int = 4, d: int = 6) -> dict[str, Tensor]:
    return normal(seed, x=(n, d))


def gelu(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(C * (x + A * x**3)))


def gelu_with_cache(x: Tensor) -> tuple[Tensor, Cache]:
    t = torch.tanh(C * (x + A * x**3))
    return 0.5 * x * (1 + t), (x, t)


GELU = Layer(gelu, gelu_with_cache, gelu_inputs, ("dx",))


@GELU.right("the product rule")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + 3 * A * x**2))


@GELU.right("1 / cosh**2 for the derivative of tanh")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _t = cache
    inner = C * (x + A * x**3)
    dinner = C + 3 * C * A * x.square()
    return 0.5 * dout * (1 + inner.tanh() + x * dinner / inner.cosh().square())


@GELU.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = (each.float() for each in cache)
    slope = 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + 3 * A * x**2)
    return (dout.float() * slope).to(dout.dtype)


@GELU.wrong("x / 2 is treated as a constant")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * 0.5 * x * (1 - t**2) * C * (1 + 3 * A * x**2)


@GELU.wrong("tanh is treated as a constant")
def _(dout: Tensor, cache: Cache) -> Tensor:
    _x, t = cache
    return dout * 0.5 * (1 + t)


@GELU.wrong("the 3 of x**3 is missing")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + A * x**2))


@GELU.wrong("the derivative of the form with erf")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _t = cache
    density = torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
    return dout * (0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * density)


@GELU.wrong("1 - tanh for the derivative of tanh")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t) * C * (1 + 3 * A * x**2))


@GELU.wrong("the factor sqrt(2 / pi) is missing")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * (1 + 3 * A * x**2))


@GELU.wrong("the second term has no 1 / 2")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * (0.5 * (1 + t) + x * (1 - t**2) * C * (1 + 3 * A * x**2))


@GELU.wrong("the second term is subtracted")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, t = cache
    return dout * (0.5 * (1 + t) - 0.5 * x * (1 - t**2) * C * (1 + 3 * A * x**2))


# dropout, with a given mask: out = x * mask / KEEP

KEEP = 0.75


def dropout_inputs(seed: int, n: int = 4, d: int = 6) -> dict[str, Tensor]:
    drawn = normal(seed, x=(n, d), mask=(n, d))
    return {"x": drawn["x"], "mask": drawn["mask"] > -0.67}


def dropout(x: Tensor, mask: Tensor) -> Tensor:
    return x * mask / KEEP


def dropout_with_cache(x: Tensor, mask: Tensor) -> tuple[Tensor, Cache]:
    return x * mask / KEEP, mask


DROPOUT = Layer(dropout, dropout_with_cache, dropout_inputs, ("dx",))


@DROPOUT.right("as in the forward pass")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return dout * mask / KEEP


@DROPOUT.right("by where")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return torch.where(mask, dout / KEEP, torch.zeros_like(dout))


@DROPOUT.wrong("not divided by the rate that is kept")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return dout * mask


@DROPOUT.wrong("multiplied by the rate that is kept")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return dout * mask * KEEP


@DROPOUT.wrong("divided by the rate that is dropped")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return dout * mask / (1 - KEEP)


@DROPOUT.wrong("the mask is turned round")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return dout * ~mask / KEEP


@DROPOUT.wrong("the mask is left out")
def _(dout: Tensor, mask: Cache) -> Tensor:
    del mask
    return dout / KEEP


@DROPOUT.wrong("dout is changed in place")
def _(dout: Tensor, mask: Cache) -> Tensor:
    dout *= mask
    dout /= KEEP
    return dout


@DROPOUT.wrong("divided by the share that this mask keeps")
def _(dout: Tensor, mask: Cache) -> Tensor:
    return dout * mask / mask.to(dout.dtype).mean()


@DROPOUT.wrong("a mask is drawn again")
def _(dout: Tensor, mask: Cache) -> Tensor:
    del mask
    return dout * (torch.rand_like(dout) < KEEP) / KEEP


# swiglu: out = silu(x @ w1) * (x @ w3)


def swiglu_inputs(seed: int, n: int = 3, d: int = 4, m: int = 5) -> dict[str, Tensor]:
    return normal(seed, x=(n, d), w1=(d, m), w3=(d, m))


def swiglu(x: Tensor, w1: Tensor, w3: Tensor) -> Tensor:
    a = x @ w1
    return a * torch.sigmoid(a) * (x @ w3)


def swiglu_with_cache(x: Tensor, w1: Tensor, w3: Tensor) -> tuple[Tensor, Cache]:
    a, g = x @ w1, x @ w3
    return a * torch.sigmoid(a) * g, (x, w1, w3, a, g)


SWIGLU = Layer(swiglu, swiglu_with_cache, swiglu_inputs, ("dx", "dw1", "dw3"))


@SWIGLU.right("silu' = s (1 + a (1 - s))")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da = dout * g * s * (1 + a * (1 - s))
    dg = dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ da, x.T @ dg


@SWIGLU.right("silu' = s + y (1 - s), weights side by side, gradients not contiguous")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = 1 / (1 + torch.exp(-a))
    y = a * s
    both = torch.cat([dout * g * (s + y * (1 - s)), dout * y], 1)
    dw1, dw3 = (x.T @ both).chunk(2, 1)
    return both @ torch.cat([w1, w3], 1).T, dw1, dw3


@SWIGLU.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = (each.float() for each in cache)
    kind, dout = dout.dtype, dout.float()
    s = torch.sigmoid(a)
    da, dg = dout * g * (s + a * s * (1 - s)), dout * a * s
    return (da @ w1.T + dg @ w3.T).to(kind), (x.T @ da).to(kind), (x.T @ dg).to(kind)


@SWIGLU.wrong("silu' is taken for that of the sigmoid")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 - s), dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ da, x.T @ dg


@SWIGLU.wrong("the sigmoid is treated as a constant")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s, dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ da, x.T @ dg


@SWIGLU.wrong("silu' has a plus for a minus")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 + a * (1 + s)), dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ da, x.T @ dg


@SWIGLU.wrong("dx misses the path through the gate")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, _w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 + a * (1 - s)), dout * a * s
    return dg @ w3.T, x.T @ da, x.T @ dg


@SWIGLU.wrong("dw1 and dw3 are exchanged")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 + a * (1 - s)), dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ dg, x.T @ da


@SWIGLU.wrong("dx: both paths go through w1")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, _w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 + a * (1 - s)), dout * a * s
    return (da + dg) @ w1.T, x.T @ da, x.T @ dg


@SWIGLU.wrong("dw3: a instead of silu(a)")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 + a * (1 - s)), dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ da, x.T @ (dout * a)


@SWIGLU.wrong("the weights get the mean over the batch")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w1, w3, a, g = cache
    s = torch.sigmoid(a)
    da, dg = dout * g * s * (1 + a * (1 - s)), dout * a * s
    return da @ w1.T + dg @ w3.T, x.T @ da / len(x), x.T @ dg / len(x)


# A step of a GRU cell: out = (1 - z) g + z h, where g = tanh(... + r u)


def gru_cell_inputs(seed: int, n: int = 3, d: int = 4, m: int = 2) -> dict[str, Tensor]:
    return normal(seed, x=(n, d), h=(n, m), wx=(d, 3 * m), wh=(m, 3 * m), b=(3 * m,))


def gru_cell(x: Tensor, h: Tensor, wx: Tensor, wh: Tensor, b: Tensor) -> Tensor:
    ar, az, an = (x @ wx + b).chunk(3, 1)
    ur, uz, un = (h @ wh).chunk(3, 1)
    r = torch.sigmoid(ar + ur)
    z = torch.sigmoid(az + uz)
    g = torch.tanh(an + r * un)
    return (1 - z) * g + z * h


def gru_cell_with_cache(x: Tensor, h: Tensor, wx: Tensor, wh: Tensor, b: Tensor) -> tuple[Tensor, Cache]:
    ar, az, an = (x @ wx + b).chunk(3, 1)
    ur, uz, un = (h @ wh).chunk(3, 1)
    r, z = torch.sigmoid(ar + ur), torch.sigmoid(az + uz)
    g = torch.tanh(an + r * un)
    return (1 - z) * g + z * h, (x, h, wx, wh, r, z, g, un)


GRU_CELL = Layer(gru_cell, gru_cell_with_cache, gru_cell_inputs, ("dx", "dh", "dwx", "dwh", "db"))


@GRU_CELL.right("gate by gate")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da = torch.cat([dr, dz, dg], 1)
    du = torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.right("written into one buffer, with einsum")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    n, m = h.shape
    da = x.new_empty(n, 3, m)
    da[:, 2] = (dout - dout * z) * (1 + g) * (1 - g)
    da[:, 1] = dout * (h - g) * (z - z * z)
    da[:, 0] = da[:, 2] * un * (r - r * r)
    du = da.clone()
    du[:, 2] *= r
    dx = torch.einsum("ngm,dgm->nd", da, wx.view(-1, 3, m))
    dh = torch.einsum("ngm,dgm->nd", du, wh.view(-1, 3, m)) + z * dout
    dwx = torch.einsum("nd,ngm->dgm", x, da).flatten(1)
    dwh = torch.einsum("nd,ngm->dgm", h, du).flatten(1)
    return dx, dh, dwx, dwh, da.sum(0).flatten()


@GRU_CELL.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = (each.float() for each in cache)
    kind, dout = dout.dtype, dout.float()
    dz, dg = dout * (h - g) * z * (1 - z), dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    grads = da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da.sum(0)
    return tuple(each.to(kind) for each in grads)


@GRU_CELL.wrong("dh misses the direct path through z")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, du @ wh.T, x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.wrong("z has the wrong sign: g - h")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (g - h) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.wrong("1 - tanh for the derivative of tanh")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.wrong("the reset gate is left out of dwh and dh")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da = torch.cat([dr, dz, dg], 1)
    return da @ wx.T, da @ wh.T + dout * z, x.T @ da, h.T @ da, da.sum(0)


@GRU_CELL.wrong("the columns of r and z are exchanged")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dz, dr, dg], 1), torch.cat([dz, dr, dg * r], 1)
    return da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.wrong("the previous state is treated as a constant")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, _wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, torch.zeros_like(h), x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.wrong("the derivative of the sigmoid is missing in r")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da.sum(0)


@GRU_CELL.wrong("db is not summed over the batch")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, h, wx, wh, r, z, g, un = cache
    dz = dout * (h - g) * z * (1 - z)
    dg = dout * (1 - z) * (1 - g**2)
    dr = dg * un * r * (1 - r)
    da, du = torch.cat([dr, dz, dg], 1), torch.cat([dr, dz, dg * r], 1)
    return da @ wx.T, du @ wh.T + dout * z, x.T @ da, h.T @ du, da
