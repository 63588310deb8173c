# mistake: sign -- rotated forward again
def dq(dq_rot, cos, sin):
    g1, g2 = (dq_rot * sin).chunk(2, dim=-1)
    return dq_rot * cos + torch.cat([-g2, g1], dim=-1)


# mistake: missing_path -- only the cosines
def dq(dq_rot, cos):
    return dq_rot * cos
