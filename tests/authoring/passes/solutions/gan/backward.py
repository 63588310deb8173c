import torch


def _slope(x, D1):
    """The gradient of the leaky relu."""
    a = x @ D1
    return torch.where(a > 0, torch.ones_like(a), torch.full_like(a, 0.2))


def _hidden(x, D1):
    return torch.nn.functional.leaky_relu(x @ D1, 0.2)


def dd_loss(dloss):
    return dloss


def dg_loss(dloss):
    return dloss


def dreal_logits(real_logits):
    return (torch.sigmoid(real_logits) - 1) / len(real_logits)


def dfake_logits(fake_logits):
    return torch.sigmoid(fake_logits) / len(fake_logits)


def dfooled(fooled):
    return (torch.sigmoid(fooled) - 1) / len(fooled)


def dfake(dfooled, fake, D1, D2):
    # only the generator's loss: the discriminator's sees a detached copy
    return (dfooled @ D2.T * _slope(fake, D1)) @ D1.T


def dD2(dreal_logits, dfake_logits, real, fake, D1):
    return _hidden(real, D1).T @ dreal_logits + _hidden(fake, D1).T @ dfake_logits


def dD1(dreal_logits, dfake_logits, real, fake, D1, D2):
    on_real = real.T @ (dreal_logits @ D2.T * _slope(real, D1))
    return on_real + fake.T @ (dfake_logits @ D2.T * _slope(fake, D1))


def dreal(dreal_logits, real, D1, D2):
    return (dreal_logits @ D2.T * _slope(real, D1)) @ D1.T


def dG2(dfake, z, G1):
    return torch.relu(z @ G1).T @ dfake


def dG1(dfake, z, G1, G2):
    return z.T @ (dfake @ G2.T * (z @ G1 > 0))


def dz(dfake, z, G1, G2):
    return (dfake @ G2.T * (z @ G1 > 0)) @ G1.T
