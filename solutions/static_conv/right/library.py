import torch
import torch.nn.functional as F


class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        out = F.conv2d(x, w, b, stride=conv_param["stride"], padding=conv_param["pad"])
        return out, (x, w, conv_param)

    @staticmethod
    def backward(dout, cache):
        # dx is a transposed convolution; dw is a convolution of the image with dout, spread out by the stride
        x, w, conv_param = cache
        stride, pad = conv_param["stride"], conv_param["pad"]
        rest = [(x.shape[d] + 2 * pad - w.shape[d]) % stride for d in (2, 3)]
        dx = F.conv_transpose2d(dout, w, stride=stride, padding=pad, output_padding=rest)
        dw = F.conv2d(x.transpose(0, 1), dout.transpose(0, 1), padding=pad, dilation=stride).transpose(0, 1)
        dw = dw[:, :, :w.shape[2], :w.shape[3]]
        return dx, dw, dout.sum((0, 2, 3))
