"""Implementations of softmax, cross entropy, layernorm, rmsnorm, batchnorm and attention: see layer_implementations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from layer_implementations import Layer, integers, normal

if TYPE_CHECKING:
    from torch import Tensor

    Cache = Any

EPS = 1e-5

# softmax over the last dimension


def softmax_inputs(seed: int, n: int = 4, d: int = 4) -> dict[str, Tensor]:
    return normal(seed, x=(n, d))


def softmax(x: Tensor) -> Tensor:
    e = torch.exp(x - x.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)


def softmax_with_cache(x: Tensor) -> tuple[Tensor, Cache]:
    e = torch.exp(x - x.amax(-1, keepdim=True))
    p = e / e.sum(-1, keepdim=True)
    return p, p


SOFTMAX = Layer(softmax, softmax_with_cache, softmax_inputs, ("dx",))


@SOFTMAX.right("p (dout - their inner product)")
def _(dout: Tensor, p: Cache) -> Tensor:
    return p * (dout - (dout * p).sum(-1, keepdim=True))


@SOFTMAX.right("by the Jacobian of each row")
def _(dout: Tensor, p: Cache) -> Tensor:
    jacobian = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]  # (n, d, d)
    return (jacobian @ dout[:, :, None]).squeeze(-1)


@SOFTMAX.right("in float32 inside")
def _(dout: Tensor, p: Cache) -> Tensor:
    q, g = p.float(), dout.float()
    return (q * g - q * torch.einsum("nd,nd->n", q, g)[:, None]).to(dout.dtype)


@SOFTMAX.wrong("only the diagonal of the Jacobian")
def _(dout: Tensor, p: Cache) -> Tensor:
    return dout * p * (1 - p)


@SOFTMAX.wrong("the sum in the denominator is treated as a constant")
def _(dout: Tensor, p: Cache) -> Tensor:
    return dout * p


@SOFTMAX.wrong("the inner product runs over the columns")
def _(dout: Tensor, p: Cache) -> Tensor:
    return p * (dout - (dout * p).sum(0, keepdim=True))


@SOFTMAX.wrong("the inner product has no keepdim, and the sizes are equal")
def _(dout: Tensor, p: Cache) -> Tensor:
    return p * (dout - (dout * p).sum(-1))


@SOFTMAX.wrong("a mean instead of the sum")
def _(dout: Tensor, p: Cache) -> Tensor:
    return p * (dout - (dout * p).mean(-1, keepdim=True))


@SOFTMAX.wrong("the inner product of the whole batch")
def _(dout: Tensor, p: Cache) -> Tensor:
    return p * (dout - (dout * p).sum())


@SOFTMAX.wrong("zeros, which is right for ones")
def _(dout: Tensor, p: Cache) -> Tensor:
    return torch.zeros_like(p) * dout


@SOFTMAX.wrong("p - dout, as before a cross entropy")
def _(dout: Tensor, p: Cache) -> Tensor:
    return p - dout


@SOFTMAX.wrong("the factor p is missing")
def _(dout: Tensor, p: Cache) -> Tensor:
    return dout - (dout * p).sum(-1, keepdim=True)


# cross entropy of logits, the mean over the batch


def cross_entropy_inputs(seed: int, n: int = 5, c: int = 4) -> dict[str, Tensor]:
    return {**normal(seed, logits=(n, c)), "y": integers(seed, c, (n,))}


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    logprobs = logits - logits.logsumexp(1, keepdim=True)
    return -logprobs[torch.arange(len(y)), y].mean()


def cross_entropy_with_cache(logits: Tensor, y: Tensor) -> tuple[Tensor, Cache]:
    logprobs = logits - logits.logsumexp(1, keepdim=True)
    return -logprobs[torch.arange(len(y)), y].mean(), (logprobs.exp(), y)


CROSS_ENTROPY = Layer(cross_entropy, cross_entropy_with_cache, cross_entropy_inputs, ("dlogits",))


@CROSS_ENTROPY.right("probabilities minus one-hot")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    onehot = torch.nn.functional.one_hot(y, p.shape[1])
    return dout * (p - onehot) / len(y)


@CROSS_ENTROPY.right("a copy with 1 subtracted at the labels")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    dlogits = p.clone()
    dlogits[torch.arange(len(y)), y] -= 1
    dlogits *= dout / len(y)
    return dlogits


@CROSS_ENTROPY.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    labels = y[:, None] == torch.arange(p.shape[1])
    return (dout.float() * (p.float() - labels.float()) / len(y)).to(dout.dtype)


@CROSS_ENTROPY.wrong("not divided by the batch size")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    return dout * (p - torch.nn.functional.one_hot(y, p.shape[1]))


@CROSS_ENTROPY.wrong("divided by the number of classes")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    return dout * (p - torch.nn.functional.one_hot(y, p.shape[1])) / p.shape[1]


@CROSS_ENTROPY.wrong("dout is ignored")
def _(dout: Tensor, cache: Cache) -> Tensor:
    del dout
    p, y = cache
    return (p - torch.nn.functional.one_hot(y, p.shape[1])) / len(y)


@CROSS_ENTROPY.wrong("the labels are not subtracted")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    return dout * p / len(y)


@CROSS_ENTROPY.wrong("the other sign")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    return dout * (torch.nn.functional.one_hot(y, p.shape[1]) - p) / len(y)


@CROSS_ENTROPY.wrong("1 is subtracted in whole columns")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    dlogits = p.clone()
    dlogits[:, y] -= 1
    return dout * dlogits / len(y)


@CROSS_ENTROPY.wrong("a batch of 5 is written into the formula")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    return dout * (p - torch.nn.functional.one_hot(y, p.shape[1])) / 5


@CROSS_ENTROPY.wrong("n - 1 instead of n")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    return dout * (p - torch.nn.functional.one_hot(y, p.shape[1])) / (len(y) - 1)


@CROSS_ENTROPY.wrong("the cached probabilities are changed in place")
def _(dout: Tensor, cache: Cache) -> Tensor:
    p, y = cache
    p[torch.arange(len(y)), y] -= 1
    return dout * p / len(y)


# layernorm: out = xhat * w + b


def layernorm_inputs(seed: int, n: int = 4, d: int = 6) -> dict[str, Tensor]:
    return normal(seed, x=(n, d), w=(d,), b=(d,))


def layernorm(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    centered = x - x.mean(-1, keepdim=True)
    return centered * (centered.square().mean(-1, keepdim=True) + EPS) ** -0.5 * w + b


def layernorm_with_cache(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Cache]:
    centered = x - x.mean(-1, keepdim=True)
    rstd = (centered.square().mean(-1, keepdim=True) + EPS) ** -0.5
    xhat = centered * rstd
    return xhat * w + b, (x, xhat, rstd, w)


def layernorm_in_float32(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Cache]:
    out, cache = layernorm_with_cache(x.float(), w.float(), b.float())
    return out.to(x.dtype), cache


LAYERNORM = Layer(layernorm, layernorm_with_cache, layernorm_inputs, ("dx", "dw", "db"))


@LAYERNORM.right("two means of the row")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    dx = rstd * (g - g.mean(-1, keepdim=True) - xhat * (g * xhat).mean(-1, keepdim=True))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.right("through variance and mean, step by step")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, xhat, rstd, w = cache
    d = x.shape[1]
    dxhat = dout * w
    centered = x - x.mean(1, keepdim=True)
    dvar = (dxhat * centered).sum(1, keepdim=True) * -0.5 * rstd**3
    dmean = -(dxhat * rstd).sum(1, keepdim=True) - 2 * dvar * centered.mean(1, keepdim=True)
    dx = dxhat * rstd + dvar * 2 * centered / d + dmean / d
    return dx, torch.einsum("nd,nd->d", dout, xhat), dout.sum(0)


@LAYERNORM.right("forward and backward in float32 inside", forward=layernorm_in_float32)
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    kind, dout = dout.dtype, dout.float()
    g = dout * w
    dx = rstd * (g - g.mean(-1, keepdim=True) - xhat * (g * xhat).mean(-1, keepdim=True))
    return dx.to(kind), (dout * xhat).sum(0).to(kind), dout.sum(0).to(kind)


@LAYERNORM.wrong("the mean is not subtracted, which is right if dout * w sums to zero")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    dx = rstd * (g - xhat * (g * xhat).mean(-1, keepdim=True))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.wrong("the variance is treated as a constant")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    return rstd * (g - g.mean(-1, keepdim=True)), (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.wrong("d - 1 instead of d")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    last = xhat * (g * xhat).sum(-1, keepdim=True) / (w.numel() - 1)
    return rstd * (g - g.mean(-1, keepdim=True) - last), (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.wrong("eps outside the root")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, xhat, _rstd, w = cache
    std = x.var(-1, keepdim=True, unbiased=False).sqrt() + EPS
    g = dout * w
    dx = (g - g.mean(-1, keepdim=True) - xhat * (g * xhat).mean(-1, keepdim=True)) / std
    return dx, (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.wrong("dw without xhat")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    dx = rstd * (g - g.mean(-1, keepdim=True) - xhat * (g * xhat).mean(-1, keepdim=True))
    return dx, dout.sum(0), dout.sum(0)


@LAYERNORM.wrong("means over the batch")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    dx = rstd * (g - g.mean(0) - xhat * (g * xhat).mean(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.wrong("w is left out of the second mean")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    dx = rstd * (g - g.mean(-1, keepdim=True) - xhat * (dout * xhat).mean(-1, keepdim=True))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@LAYERNORM.wrong("right in the first half of the rows only")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, rstd, w = cache
    g = dout * w
    dx = rstd * (g - g.mean(-1, keepdim=True) - xhat * (g * xhat).mean(-1, keepdim=True))
    dx[len(dx) // 2 :] = (rstd * g)[len(dx) // 2 :]
    return dx, (dout * xhat).sum(0), dout.sum(0)


# rmsnorm: out = x * rstd * w


def rmsnorm_inputs(seed: int, n: int = 4, d: int = 5) -> dict[str, Tensor]:
    return normal(seed, x=(n, d), w=(d,))


def rmsnorm(x: Tensor, w: Tensor) -> Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS) * w


def rmsnorm_with_cache(x: Tensor, w: Tensor) -> tuple[Tensor, Cache]:
    rstd = torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS)
    return x * rstd * w, (x, w, rstd)


def rmsnorm_in_float32(x: Tensor, w: Tensor) -> tuple[Tensor, Cache]:
    y = x.float()
    rstd = torch.rsqrt(y.square().mean(-1, keepdim=True) + EPS)
    return (y * rstd).type_as(x) * w, (x, w, rstd)


RMSNORM = Layer(rmsnorm, rmsnorm_with_cache, rmsnorm_inputs, ("dx", "dw"))


@RMSNORM.right("by the normalized row")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    xhat, g = x * rstd, dout * w
    return rstd * (g - xhat * (g * xhat).mean(-1, keepdim=True)), (dout * xhat).sum(0)


@RMSNORM.right("with the third power of rstd")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    inner = torch.einsum("nd,nd,d->n", dout, x, w)[:, None]
    return rstd * w * dout - rstd.pow(3) * x * inner / x.shape[-1], torch.einsum("nd,nd,n->d", dout, x, rstd[:, 0])


@RMSNORM.right("forward and backward in float32 inside", forward=rmsnorm_in_float32)
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    y, g = x.float() * rstd, dout.float() * w.float()
    dx = rstd * (g - y * (g * y).mean(-1, keepdim=True))
    return dx.type_as(x), (dout.float() * y).sum(0).type_as(w)


@RMSNORM.wrong("rstd is treated as a constant")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    return dout * w * rstd, (dout * x * rstd).sum(0)


@RMSNORM.wrong("a sum instead of the mean")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    xhat, g = x * rstd, dout * w
    return rstd * (g - xhat * (g * xhat).sum(-1, keepdim=True)), (dout * xhat).sum(0)


@RMSNORM.wrong("w is left out of the mean")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    xhat = x * rstd
    return rstd * (dout * w - xhat * (dout * xhat).mean(-1, keepdim=True)), (dout * xhat).sum(0)


@RMSNORM.wrong("eps outside the root")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, _rstd = cache
    rstd = 1 / (x.square().mean(-1, keepdim=True).sqrt() + EPS)
    xhat, g = x * rstd, dout * w
    return rstd * (g - xhat * (g * xhat).mean(-1, keepdim=True)), (dout * xhat).sum(0)


@RMSNORM.wrong("a width of 5 is written into the formula")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    xhat, g = x * rstd, dout * w
    return rstd * (g - xhat * (g * xhat).sum(-1, keepdim=True) / 5), (dout * xhat).sum(0)


@RMSNORM.wrong("dw is the gradient for x instead of xhat")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    xhat, g = x * rstd, dout * w
    return rstd * (g - xhat * (g * xhat).mean(-1, keepdim=True)), (dout * x).sum(0)


@RMSNORM.wrong("the second term is added")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    xhat, g = x * rstd, dout * w
    return rstd * (g + xhat * (g * xhat).mean(-1, keepdim=True)), (dout * xhat).sum(0)


@RMSNORM.wrong("the square of rstd instead of the third power")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w, rstd = cache
    g = dout * w
    return rstd * g - rstd**2 * x * (g * x).mean(-1, keepdim=True), (dout * x * rstd).sum(0)


# batchnorm, in training: out = xhat * gamma + beta


def batchnorm_inputs(seed: int, n: int = 8, d: int = 3) -> dict[str, Tensor]:
    return normal(seed, x=(n, d), gamma=(d,), beta=(d,))


def batchnorm(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    centered = x - x.mean(0)
    return centered / torch.sqrt(centered.square().mean(0) + EPS) * gamma + beta


def batchnorm_with_cache(x: Tensor, gamma: Tensor, beta: Tensor) -> tuple[Tensor, Cache]:
    centered = x - x.mean(0)
    istd = 1 / torch.sqrt(centered.square().mean(0) + EPS)
    return centered * istd * gamma + beta, (x, centered * istd, istd, gamma)


BATCHNORM = Layer(batchnorm, batchnorm_with_cache, batchnorm_inputs, ("dx", "dgamma", "dbeta"))


@BATCHNORM.right("in one line")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    n = len(xhat)
    dx = gamma * istd / n * (n * dout - dout.sum(0) - xhat * (dout * xhat).sum(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.right("step by step, without the term that is zero")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, xhat, istd, gamma = cache
    n = len(x)
    dxhat = dout * gamma
    centered = x - x.mean(0)
    dvar = -0.5 * (dxhat * centered).sum(0) * istd**3
    dmean = -(dxhat * istd).sum(0)  # dvar's share has the factor centered.sum(0), which is zero
    return dxhat * istd + 2 * dvar * centered / n + dmean / n, (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = (each.float() for each in cache)
    g = dout.float()
    dx = gamma * istd * (g - g.mean(0) - xhat * (g * xhat).mean(0))
    return tuple(each.to(dout.dtype) for each in (dx, (g * xhat).sum(0), g.sum(0)))


@BATCHNORM.wrong("as in evaluation: mean and variance are constants")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    return dout * gamma * istd, (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.wrong("the path through the variance is missing")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    return gamma * istd * (dout - dout.mean(0)), (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.wrong("the path through the mean is missing, which is right if dout sums to zero")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    return gamma * istd * (dout - xhat * (dout * xhat).mean(0)), (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.wrong("n - 1 instead of n in the path through the variance")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    n = len(xhat)
    dx = gamma * istd * (dout - dout.mean(0) - xhat * (dout * xhat).sum(0) / (n - 1))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.wrong("a batch of 8 is written into the formula")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    dx = gamma * istd / 8 * (8 * dout - dout.sum(0) - xhat * (dout * xhat).sum(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.wrong("eps outside the root")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, xhat, _istd, gamma = cache
    std = x.std(0, unbiased=False) + EPS
    dx = gamma / std * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)


@BATCHNORM.wrong("dgamma is the mean over the batch")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    dx = gamma * istd * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
    return dx, (dout * xhat).mean(0), dout.sum(0)


@BATCHNORM.wrong("dbeta keeps the dimension that it was summed over")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, gamma = cache
    dx = gamma * istd * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
    return dx, (dout * xhat).sum(0), dout.sum(0, keepdim=True)


@BATCHNORM.wrong("gamma is left out of dx")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    _x, xhat, istd, _gamma = cache
    dx = istd * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)


# causal scaled dot-product attention: out = softmax(q @ k.T / sqrt(d)) @ v


def attention_inputs(seed: int, n: int = 2, t: int = 4, d: int = 3) -> dict[str, Tensor]:
    return normal(seed, q=(n, t, d), k=(n, t, d), v=(n, t, d))


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    scores = q @ k.mT / math.sqrt(q.shape[-1])  # (n, t, t)
    future = torch.ones_like(scores[0]).triu(1).bool()
    p = scores.masked_fill(future, -math.inf).softmax(-1)
    return p @ v


def attention_with_cache(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Cache]:
    t, d = q.shape[1:]
    scores = q @ k.mT / math.sqrt(d)  # (n, t, t)
    future = torch.ones(t, t, dtype=torch.bool).triu(1)
    p = scores.masked_fill(future, -math.inf).softmax(-1)
    out = p @ v
    return out, (q, k, v, p, out)


ATTENTION = Layer(attention, attention_with_cache, attention_inputs, ("dq", "dk", "dv"))


@ATTENTION.right("step by step")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p.mT @ dout


@ATTENTION.right("as in flash attention, with einsum, gradients not contiguous")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, out = cache
    delta = (dout * out).sum(-1, keepdim=True)  # (n, t, 1), the same as (dp * p).sum
    ds = p * (torch.einsum("nid,njd->nij", dout, v) - delta)
    scale = q.shape[-1] ** -0.5
    dq = torch.einsum("nij,njd->ndi", ds, k).mT * scale
    dk = torch.einsum("nij,nid->ndj", ds, q).mT * scale
    return dq, dk, torch.einsum("nij,nid->ndj", p, dout).mT


@ATTENTION.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, out = (each.float() for each in cache)
    g = dout.float()
    ds = p * (g @ v.mT - (g * out).sum(-1, keepdim=True)) * q.shape[-1] ** -0.5
    return tuple(each.to(dout.dtype) for each in (ds @ k, ds.mT @ q, p.mT @ g))


@ATTENTION.wrong("dq is not scaled")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True))
    return ds @ k, ds.mT @ q / math.sqrt(q.shape[-1]), p.mT @ dout


@ATTENTION.wrong("scaled by 1 / d")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / q.shape[-1]
    return ds @ k, ds.mT @ q, p.mT @ dout


@ATTENTION.wrong("the softmax's denominator is treated as a constant")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    ds = p * (dout @ v.mT) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p.mT @ dout


@ATTENTION.wrong("the softmax's inner product runs over the queries")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-2, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p.mT @ dout


@ATTENTION.wrong("dk: the scores' gradient is not transposed")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds @ q, p.mT @ dout


@ATTENTION.wrong("dv: the weights are not transposed")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p @ dout


@ATTENTION.wrong("the weights are computed again without the causal mask")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, _p, _out = cache
    p = (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1)
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p.mT @ dout


@ATTENTION.wrong("a width of 3 is written into the scale")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / math.sqrt(3)
    return ds @ k, ds.mT @ q, p.mT @ dout


@ATTENTION.wrong("dq and dk are exchanged")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    q, k, v, p, _out = cache
    dp = dout @ v.mT
    ds = p * (dp - (dp * p).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds.mT @ q, ds @ k, p.mT @ dout
