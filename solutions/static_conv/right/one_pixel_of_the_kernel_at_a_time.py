import torch
import torch.nn.functional as F


class Cache:
    pass


class Conv:
    def forward(x, w, b, conv_param):
        s, p = conv_param["stride"], conv_param["pad"]
        cache = Cache()
        cache.x, cache.w, cache.s, cache.p = F.pad(x, (p, p, p, p)), w, s, p
        cache.h = (x.shape[2] + 2 * p - w.shape[2]) // s + 1
        cache.v = (x.shape[3] + 2 * p - w.shape[3]) // s + 1
        out = b.view(1, -1, 1, 1)
        for i in range(w.shape[2]):
            for j in range(w.shape[3]):
                pixels = cache.x[:, :, i:i + s * cache.h:s, j:j + s * cache.v:s][:, :, :cache.h, :cache.v]
                out = out + torch.einsum("nchw,fc->nfhw", pixels, w[:, :, i, j])
        return out, cache

    def backward(dout, cache):
        x, w, s, p = cache.x, cache.w, cache.s, cache.p
        dx, dw = torch.zeros_like(x), torch.empty_like(w)
        for i in range(w.shape[2]):
            for j in range(w.shape[3]):
                at = (slice(None), slice(None), slice(i, i + s * (cache.h - 1) + 1, s), slice(j, j + s * (cache.v - 1) + 1, s))
                dw[:, :, i, j] = torch.einsum("nfhw,nchw->fc", dout, x[at])
                dx[at] += torch.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
        height, width = dx.shape[2:]
        return dx[:, :, p:height - p, p:width - p], dw, torch.einsum("nfhw->f", dout)
