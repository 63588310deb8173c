# mistake: missing_path -- the KL term is left out
def dmu(dz):
    return dz.clone()


# mistake: fused_term -- the KL term is not averaged over the examples
def dmu(dz, mu):
    return dz + mu
