import torch

def inputs(seed, n=14, d=10, k=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(n, d, generator=g)
    corrupted = torch.rand(n, d, generator=g) < 0.3
    W_enc = torch.randn(d, k, generator=g) * d**-0.5
    b_enc = torch.zeros(k)
    W_dec = torch.randn(k, d, generator=g) * k**-0.5
    b_dec = torch.zeros(d)
    return dict(x=x, corrupted=corrupted, W_enc=W_enc, b_enc=b_enc, W_dec=W_dec, b_dec=b_dec)

def encode(x, W, b):
    return torch.sigmoid(x @ W + b)

def decode(code, W, b):
    return torch.sigmoid(code @ W + b)

def forward(x, corrupted, W_enc, b_enc, W_dec, b_dec):
    """A denoising autoencoder: reconstruct x from a copy with missing pixels."""
    x_noisy = x.masked_fill(corrupted, 0.0)
    code = encode(x_noisy, W_enc, b_enc)
    x_hat = decode(code, W_dec, b_dec)
    # reconstruction error, and a sparsity penalty on the code
    recon_loss = ((x_hat - x) ** 2).sum(dim=1).mean()
    sparsity_loss = code.abs().mean()
    loss = recon_loss + 0.05 * sparsity_loss
    return locals()
