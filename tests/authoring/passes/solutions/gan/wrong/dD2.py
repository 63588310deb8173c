# mistake: missing_path -- only the real examples
def dD2(dreal_logits, real, D1):
    return _hidden(real, D1).T @ dreal_logits


# mistake: doubled_path -- the generator's loss too, although it is detached
def dD2(dreal_logits, dfake_logits, dfooled, real, fake, D1):
    return _hidden(real, D1).T @ dreal_logits + _hidden(fake, D1).T @ (dfake_logits + dfooled)
