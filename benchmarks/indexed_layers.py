"""Implementations of conv1d, max pooling and an embedding: see layer_implementations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from layer_implementations import Layer, integers, normal

if TYPE_CHECKING:
    from torch import Tensor

    Cache = Any

# conv1d, without padding: out[:, :, i] = sum of w[:, :, j] @ x[:, :, i + j], plus b


def conv1d_inputs(seed: int, n: int = 2, c: int = 2, o: int = 3, k: int = 3, t: int = 4) -> dict[str, Tensor]:
    return normal(seed, x=(n, c, t + k - 1), w=(o, c, k), b=(o,))


def conv1d(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    windows = x.unfold(2, w.shape[2], 1)  # (n, c, t, k)
    return torch.einsum("nctk,ock->not", windows, w) + b[:, None]


def conv1d_with_cache(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Cache]:
    windows = x.unfold(2, w.shape[2], 1)  # (n, c, t, k)
    return torch.einsum("nctk,ock->not", windows, w) + b[:, None], (x, w)


CONV1D = Layer(conv1d, conv1d_with_cache, conv1d_inputs, ("dx", "dw", "db"))


@CONV1D.right("a loop over the kernel")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    t = dout.shape[2]
    dx, dw = torch.zeros_like(x), torch.zeros_like(w)
    for j in range(w.shape[2]):
        dx[:, :, j : j + t] += torch.einsum("not,oc->nct", dout, w[:, :, j])
        dw[:, :, j] = torch.einsum("not,nct->oc", dout, x[:, :, j : j + t])
    return dx, dw, dout.sum((0, 2))


@CONV1D.right("a full correlation with the flipped kernel, gradients not contiguous")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    k = w.shape[2]
    padded = torch.nn.functional.pad(dout, (k - 1, k - 1)).unfold(2, k, 1)  # (n, o, t + k - 1, k)
    dx = torch.einsum("notk,ock->tnc", padded, w.flip(2)).permute(1, 2, 0)
    dw = torch.einsum("nctk,not->kco", x.unfold(2, k, 1), dout).permute(2, 1, 0)
    return dx, dw, dout.sum(2).sum(0)


@CONV1D.right("in float32 inside")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = (each.float() for each in cache)
    g = dout.float()
    dx = torch.nn.functional.conv_transpose1d(g, w)
    dw = torch.einsum("nctk,not->ock", x.unfold(2, w.shape[2], 1), g)
    return tuple(each.to(dout.dtype) for each in (dx, dw, g.sum((0, 2))))


@CONV1D.wrong("dx: the kernel is not flipped")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    k = w.shape[2]
    padded = torch.nn.functional.pad(dout, (k - 1, k - 1)).unfold(2, k, 1)
    dw = torch.einsum("nctk,not->ock", x.unfold(2, k, 1), dout)
    return torch.einsum("notk,ock->nct", padded, w), dw, dout.sum((0, 2))


@CONV1D.wrong("dw: the kernel is flipped")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dw = torch.einsum("nctk,not->ock", x.unfold(2, w.shape[2], 1), dout).flip(2)
    return torch.nn.functional.conv_transpose1d(dout, w), dw, dout.sum((0, 2))


@CONV1D.wrong("dx is overwritten where windows overlap")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    t = dout.shape[2]
    dx, dw = torch.zeros_like(x), torch.zeros_like(w)
    for j in range(w.shape[2]):
        dx[:, :, j : j + t] = torch.einsum("not,oc->nct", dout, w[:, :, j])
        dw[:, :, j] = torch.einsum("not,nct->oc", dout, x[:, :, j : j + t])
    return dx, dw, dout.sum((0, 2))


@CONV1D.wrong("db is not summed over the positions")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dw = torch.einsum("nctk,not->ock", x.unfold(2, w.shape[2], 1), dout)
    return torch.nn.functional.conv_transpose1d(dout, w), dw, dout[:, :, 0].sum(0)


@CONV1D.wrong("the last position is left out of dw")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dw = torch.zeros_like(w)
    for i in range(dout.shape[2] - 1):
        dw += torch.einsum("no,nck->ock", dout[:, :, i], x[:, :, i : i + w.shape[2]])
    return torch.nn.functional.conv_transpose1d(dout, w), dw, dout.sum((0, 2))


@CONV1D.wrong("dw is the mean over the batch")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dw = torch.einsum("nctk,not->nock", x.unfold(2, w.shape[2], 1), dout).mean(0)
    return torch.nn.functional.conv_transpose1d(dout, w), dw, dout.sum((0, 2))


@CONV1D.wrong("a kernel of 3 is written into the loop")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    t = dout.shape[2]
    dx, dw = torch.zeros_like(x), torch.zeros_like(w)
    for j in range(3):
        dx[:, :, j : j + t] += torch.einsum("not,oc->nct", dout, w[:, :, j])
        dw[:, :, j] = torch.einsum("not,nct->oc", dout, x[:, :, j : j + t])
    return dx, dw, dout.sum((0, 2))


@CONV1D.wrong("db is the mean over the positions")
def _(dout: Tensor, cache: Cache) -> tuple[Tensor, ...]:
    x, w = cache
    dw = torch.einsum("nctk,not->ock", x.unfold(2, w.shape[2], 1), dout)
    return torch.nn.functional.conv_transpose1d(dout, w), dw, dout.mean(2).sum(0)


# max pooling of neighboring pairs


def max_pool_inputs(seed: int, n: int = 2, c: int = 2, t: int = 4) -> dict[str, Tensor]:
    return normal(seed, x=(n, c, 2 * t))


def max_pool(x: Tensor) -> Tensor:
    return x.unflatten(2, (-1, 2)).amax(3)


def max_pool_with_cache(x: Tensor) -> tuple[Tensor, Cache]:
    out, which = x.unflatten(2, (-1, 2)).max(3)
    return out, (x, out, which)


MAX_POOL = Layer(max_pool, max_pool_with_cache, max_pool_inputs, ("dx",))


@MAX_POOL.right("scattered to the indices")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _out, which = cache
    dpairs = torch.zeros_like(x).unflatten(2, (-1, 2))
    return dpairs.scatter(3, which[..., None], dout[..., None]).flatten(2)


@MAX_POOL.right("by comparison, not contiguous")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _out, _which = cache
    first = x[..., ::2] >= x[..., 1::2]
    pairs = torch.stack([dout * first, dout * ~first], 3).flatten(2)
    return pairs.permute(2, 0, 1).contiguous().permute(1, 2, 0)


@MAX_POOL.wrong("half to each of a pair")
def _(dout: Tensor, cache: Cache) -> Tensor:
    del cache
    return 0.5 * dout.repeat_interleave(2, 2)


@MAX_POOL.wrong("all to both of a pair")
def _(dout: Tensor, cache: Cache) -> Tensor:
    del cache
    return dout.repeat_interleave(2, 2)


@MAX_POOL.wrong("always to the first of a pair")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _out, _which = cache
    dx = torch.zeros_like(x)
    dx[..., ::2] = dout
    return dx


@MAX_POOL.wrong("to the smaller one")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, out, _which = cache
    return dout.repeat_interleave(2, 2) * (x != out.repeat_interleave(2, 2))


@MAX_POOL.wrong("the mask is returned, whatever dout is")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, out, _which = cache
    return (x == out.repeat_interleave(2, 2)).to(dout.dtype)


@MAX_POOL.wrong("indices of a pair are taken for those of the row")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _out, which = cache
    return torch.zeros_like(x).scatter_add(2, which, dout)


@MAX_POOL.wrong("indices of the first channel are used for all")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, _out, which = cache
    dpairs = torch.zeros_like(x).unflatten(2, (-1, 2))
    return dpairs.scatter(3, which[:, :1, :, None].expand(*dout.shape, 1), dout[..., None]).flatten(2)


@MAX_POOL.wrong("four pairs are written into the loop")
def _(dout: Tensor, cache: Cache) -> Tensor:
    x, out, _which = cache
    dx = torch.zeros_like(x)
    for i in range(min(4, dout.shape[2])):
        pair = x[..., 2 * i : 2 * i + 2]
        dx[..., 2 * i : 2 * i + 2] = dout[..., i : i + 1] * (pair == out[..., i : i + 1])
    return dx


# an embedding: out = table[words]


def embedding_inputs(seed: int, n: int = 3, t: int = 4, v: int = 7, d: int = 3) -> dict[str, Tensor]:
    return {**normal(seed, table=(v, d)), "words": integers(seed, v, (n, t))}


def embedding(table: Tensor, words: Tensor) -> Tensor:
    return table[words]


def embedding_with_cache(table: Tensor, words: Tensor) -> tuple[Tensor, Cache]:
    return table[words], (words, len(table))


EMBEDDING = Layer(embedding, embedding_with_cache, embedding_inputs, ("dtable",))


@EMBEDDING.right("index_add")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    return dout.new_zeros(v, dout.shape[-1]).index_add_(0, words.flatten(), dout.flatten(0, 1))


@EMBEDDING.right("one-hot rows, not contiguous")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    onehot = torch.nn.functional.one_hot(words.flatten(), v).to(dout.dtype)
    return (dout.flatten(0, 1).T @ onehot).T


@EMBEDDING.right("a loop over the words")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = torch.zeros(v, dout.shape[-1], dtype=dout.dtype)
    for row in range(words.shape[0]):
        for column in range(words.shape[1]):
            dtable[words[row, column]] += dout[row, column]
    return dtable


@EMBEDDING.wrong("overwritten where a word is repeated")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = dout.new_zeros(v, dout.shape[-1])
    dtable[words] = dout
    return dtable


@EMBEDDING.wrong("+= with an index, which adds once")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = dout.new_zeros(v, dout.shape[-1])
    for row in range(len(words)):
        dtable[words[row]] += dout[row]
    return dtable


@EMBEDDING.wrong("how often a word occurs, whatever dout is")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    counts = torch.bincount(words.flatten(), minlength=v).to(dout.dtype)
    return counts[:, None].repeat(1, dout.shape[-1])


@EMBEDDING.wrong("the mean over the places of a word")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = dout.new_zeros(v, dout.shape[-1]).index_add_(0, words.flatten(), dout.flatten(0, 1))
    return dtable / torch.bincount(words.flatten(), minlength=v).clamp(min=1)[:, None]


@EMBEDDING.wrong("word 0 is taken for padding")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = dout.new_zeros(v, dout.shape[-1]).index_add_(0, words.flatten(), dout.flatten(0, 1))
    dtable[0] = 0
    return dtable


@EMBEDDING.wrong("the words are read column by column")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    return dout.new_zeros(v, dout.shape[-1]).index_add_(0, words.T.flatten(), dout.flatten(0, 1))


@EMBEDDING.wrong("shifted by one word")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = dout.new_zeros(v, dout.shape[-1])
    return dtable.index_add_(0, words[:, :-1].flatten(), dout[:, 1:].flatten(0, 1))


@EMBEDDING.wrong("the last word of each row is left out")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, v = cache
    dtable = dout.new_zeros(v, dout.shape[-1])
    return dtable.index_add_(0, words[:, :-1].flatten(), dout[:, :-1].flatten(0, 1))


@EMBEDDING.wrong("7 words are written into the shape")
def _(dout: Tensor, cache: Cache) -> Tensor:
    words, _v = cache
    return dout.new_zeros(7, dout.shape[-1]).index_add_(0, words.flatten(), dout.flatten(0, 1))
