# mistake: missing_path -- what the next step remembers is forgotten
def dc(dtc, tc):
    return dtc*(1 - tc**2)


# mistake: missing_path -- only the next step
def dc(cotc):
    return cotc.clone()


# mistake: wrong_path -- the tanh of c is forgotten
def dc(dtc, cotc):
    return dtc + cotc


# mistake: wrong_path -- c for tc
def dc(dtc, c, cotc):
    return dtc*(1 - c**2) + cotc


# mistake: wrong_path -- the derivative of the sigmoid
def dc(dtc, tc, cotc):
    return dtc*tc*(1 - tc) + cotc


# mistake: wrong_path -- the next step through the tanh as well
def dc(dtc, tc, cotc):
    return (dtc + cotc)*(1 - tc**2)


# mistake: wrong_power -- the square is forgotten
def dc(dtc, tc, cotc):
    return dtc*(1 - tc) + cotc


# mistake: negated_path -- the next step with a minus
def dc(dtc, tc, cotc):
    return dtc*(1 - tc**2) - cotc


# mistake: doubled_path -- the next step twice
def dc(dtc, tc, cotc):
    return dtc*(1 - tc**2) + 2*cotc


# mistake: wrong_path -- coth for cotc
def dc(dtc, tc, coth):
    return dtc*(1 - tc**2) + coth


# mistake: other_gradient -- dh for dtc: o is forgotten
def dc(dh, tc, cotc):
    return dh*(1 - tc**2) + cotc


# mistake: zeros -- nothing is filled in
def dc(c):
    return torch.zeros_like(c)
