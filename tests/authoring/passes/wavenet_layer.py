import torch
import torch.nn.functional as F


def inputs(seed, batch=2, channels=4, time=12, dilation=2):
    g = torch.Generator().manual_seed(seed)
    s = (2 * channels) ** -0.5
    return {
        'x': torch.randn(batch, channels, time, generator=g),
        'w_dil': torch.randn(2 * channels, channels, 2, generator=g) * s,
        'w_res': torch.randn(channels, channels, 1, generator=g) * s,
        'w_skip': torch.randn(channels, channels, 1, generator=g) * s,
        'dilation': dilation,
    }


def forward(x, w_dil, w_res, w_skip, dilation):
    kernel_size = w_dil.shape[-1]
    xp = F.pad(x, ((kernel_size - 1) * dilation, 0))  # causal: pad on the left only
    f, g = F.conv1d(xp, w_dil, dilation=dilation).chunk(2, dim=1)
    z = torch.tanh(f) * torch.sigmoid(g)              # gated activation unit
    skip = F.conv1d(z, w_skip)
    res = F.conv1d(z, w_res) + x
    out = torch.cat((res, skip), dim=1)
    return locals()
