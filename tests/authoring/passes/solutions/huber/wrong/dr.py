# mistake: missing_path -- the linear part is forgotten
def dr(drho, r, abs_r, delta):
    return drho * torch.where(abs_r <= delta, r, 0.0)


# mistake: missing_path -- the quadratic part is forgotten
def dr(dabs_r, r):
    return dabs_r * r.sign()


# mistake: wrong_path -- the sign of r is forgotten
def dr(drho, dabs_r, r, abs_r, delta):
    return dabs_r + drho * torch.where(abs_r <= delta, r, 0.0)
