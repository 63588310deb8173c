import torch
import torch.nn.functional as F


def inputs(seed, n=5, d=8, hidden=6, latent=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(n, d, generator=g)
    eps = torch.randn(n, latent, generator=g)  # the noise of the reparameterization
    W1 = torch.randn(d, hidden, generator=g) * d**-0.5
    b1 = torch.zeros(hidden)
    Wmu = torch.randn(hidden, latent, generator=g) * hidden**-0.5
    Wlv = torch.randn(hidden, latent, generator=g) * hidden**-0.5
    W2 = torch.randn(latent, hidden, generator=g) * latent**-0.5
    b2 = torch.zeros(hidden)
    W3 = torch.randn(hidden, d, generator=g) * hidden**-0.5
    b3 = torch.zeros(d)
    return {
        'x': x, 'eps': eps, 'W1': W1, 'b1': b1, 'Wmu': Wmu, 'Wlv': Wlv,
        'W2': W2, 'b2': b2, 'W3': W3, 'b3': b3,
    }


def forward(x, eps, W1, b1, Wmu, Wlv, W2, b2, W3, b3, beta=1.0):
    # encoder
    h = F.relu(x @ W1 + b1)
    mu = h @ Wmu
    logvar = h @ Wlv
    # reparameterization trick
    std = torch.exp(0.5 * logvar)
    z = mu + std * eps
    # decoder
    h2 = F.relu(z @ W2 + b2)
    logits = h2 @ W3 + b3
    recon = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / x.shape[0]
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / x.shape[0]
    loss = recon + beta * kl
    return locals()
