# mistake: missing_path -- the negatives are left out
def dv(dpos_score, u):
    return dpos_score[:, None] * u
