import torch


def _gradients(z, A, H, Q, R, x0, P0):
    """The gradients of all inputs by name: the filter forward, then every step backward."""
    eye = torch.eye(len(x0), dtype=x0.dtype)
    x, P = x0, P0
    kept = []
    for measured in z:
        xp, Pp = A @ x, A @ P @ A.T + Q
        S = H @ Pp @ H.T + R
        inv = torch.linalg.inv(S)
        K = Pp @ H.T @ inv
        innov = measured - H @ xp
        kept.append((x, P, xp, Pp, inv, K, innov))
        x, P = xp + K @ innov, (eye - K @ H) @ Pp
    gx, gP = torch.zeros_like(x0), torch.zeros_like(P0)
    total = {name: torch.zeros_like(v) for name, v in (('A', A), ('H', H), ('Q', Q), ('R', R))}
    to_z = []
    for x, P, xp, Pp, inv, K, innov in reversed(kept):
        whitened = inv @ innov
        # x = xp + K @ innov and the loss
        ginnov = K.T @ gx + whitened
        gK = torch.outer(gx, innov) - gP @ (H @ Pp).T
        # P = (I - K @ H) @ Pp
        gPp = (eye - K @ H).T @ gP
        gH = -K.T @ gP @ Pp.T
        # K = Pp @ H.T @ inv
        gPp = gPp + gK @ inv.T @ H
        gH = gH + inv @ gK.T @ Pp
        ginv = H @ Pp.T @ gK
        gS = -inv.T @ ginv @ inv.T + 0.5 * (inv.T - torch.outer(whitened, whitened))
        # S = H @ Pp @ H.T + R
        gPp = gPp + H.T @ gS @ H
        gH = gH + gS @ H @ Pp.T + gS.T @ H @ Pp
        # innov = z - H @ xp
        gH = gH - torch.outer(ginnov, xp)
        gxp = gx - H.T @ ginnov
        to_z.append(ginnov)
        # Pp = A @ P @ A.T + Q and xp = A @ x
        gA = gPp @ A @ P.T + gPp.T @ A @ P + torch.outer(gxp, x)
        for name, g in (('A', gA), ('H', gH), ('Q', gPp), ('R', gS)):
            total[name] = total[name] + g
        gx, gP = A.T @ gxp, A.T @ gPp @ A
    return {**total, 'z': torch.stack(to_z[::-1]), 'x0': gx, 'P0': gP}


def dz(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['z']


def dA(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['A']


def dH(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['H']


def dQ(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['Q']


def dR(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['R']


def dx0(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['x0']


def dP0(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['P0']
