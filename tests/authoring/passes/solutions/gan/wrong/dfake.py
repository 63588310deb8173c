# mistake: doubled_path -- through the discriminator's loss too, although it is detached
def dfake(dfooled, dfake_logits, fake, D1, D2):
    return ((dfooled + dfake_logits) @ D2.T * _slope(fake, D1)) @ D1.T


# mistake: wrong_operand -- a relu without the leak
def dfake(dfooled, fake, D1, D2):
    return (dfooled @ D2.T * (fake @ D1 > 0)) @ D1.T
