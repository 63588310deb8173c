import torch


class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        N, C, H, W = x.shape
        F, C, HH, WW = w.shape
        H_out = 1 + (H + 2 * pad - HH) // stride
        W_out = 1 + (W + 2 * pad - WW) // stride
        x_pad = torch.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=x.dtype)
        x_pad[:, :, pad:pad + H, pad:pad + W] = x
        out = torch.zeros((N, F, H_out, W_out), dtype=x.dtype)
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    out[:, f, i, j] = torch.sum(x_pad[:, :, hs:hs + HH, ws:ws + WW] * w[f], dim=(1, 2, 3)) + b[f]
        cache = (x, w, b, conv_param)
        return out, cache

    @staticmethod
    def backward(dout, cache):
        x, w, b, conv_param = cache
        stride, pad = conv_param["stride"], conv_param["pad"]
        N, C, H, W = x.shape
        F, C, HH, WW = w.shape
        x_pad = torch.nn.functional.pad(x, (pad, pad, pad, pad), "constant", 0)
        dx_pad = torch.zeros_like(x_pad)
        dw = torch.zeros_like(w)
        db = torch.zeros_like(b)
        for f in range(F):
            db[f] = dout[:, f].sum()
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    hs, ws = i * stride, j * stride
                    upstream = dout[:, f, i, j].view(N, 1, 1, 1)
                    dw[f] += (x_pad[:, :, hs:hs + HH, ws:ws + WW] * upstream).sum(0)
                    dx_pad[:, :, hs:hs + HH, ws:ws + WW] += w[f] * upstream
        dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
        return dx, dw, db
