import torch
import torch.nn.functional as F


def inputs(seed, n=6, d_z=3, d_x=4, hidden=5):
    g = torch.Generator().manual_seed(seed)
    real = torch.randn(n, d_x, generator=g)
    z = torch.randn(n, d_z, generator=g)
    G1 = torch.randn(d_z, hidden, generator=g) / d_z**0.5
    G2 = torch.randn(hidden, d_x, generator=g) / hidden**0.5
    D1 = torch.randn(d_x, hidden, generator=g) / d_x**0.5
    D2 = torch.randn(hidden, 1, generator=g) / hidden**0.5
    return {'real': real, 'z': z, 'G1': G1, 'G2': G2, 'D1': D1, 'D2': D2}


def discriminate(x, D1, D2):
    return F.leaky_relu(x @ D1, 0.2) @ D2


def forward(real, z, G1, G2, D1, D2):
    fake = F.relu(z @ G1) @ G2

    # the discriminator: real is 1, fake is 0, and the generator is left alone
    real_logits = discriminate(real, D1, D2)
    fake_logits = discriminate(fake.detach(), D1, D2)
    ones, zeros = torch.ones_like(real_logits), torch.zeros_like(fake_logits)
    d_loss = F.binary_cross_entropy_with_logits(real_logits, ones)
    d_loss = d_loss + F.binary_cross_entropy_with_logits(fake_logits, zeros)

    # the generator: the discriminator should take fake for real
    fooled = discriminate(fake, D1.detach(), D2.detach())
    g_loss = F.binary_cross_entropy_with_logits(fooled, ones)

    loss = d_loss + g_loss
    return locals()
