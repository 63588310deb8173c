# mistake: missing_path -- the cell state of the next step is missing
def dc(dtc, tc):
    return dtc*(1 - tc**2)


# mistake: missing_path -- only the next step
def dc(cotc):
    return cotc.clone()


# mistake: wrong_path -- the tanh of c is missing
def dc(dtc, cotc):
    return dtc + cotc


# mistake: wrong_path -- c instead of tc
def dc(dtc, c, cotc):
    return dtc*(1 - c**2) + cotc


# mistake: wrong_path -- the derivative of the sigmoid
def dc(dtc, tc, cotc):
    return dtc*tc*(1 - tc) + cotc


# mistake: wrong_path -- the next step through the tanh as well
def dc(dtc, tc, cotc):
    return (dtc + cotc)*(1 - tc**2)


# mistake: wrong_power -- the square is missing
def dc(dtc, tc, cotc):
    return dtc*(1 - tc) + cotc


# mistake: negated_path -- the next step with a minus
def dc(dtc, tc, cotc):
    return dtc*(1 - tc**2) - cotc


# mistake: doubled_path -- the next step twice
def dc(dtc, tc, cotc):
    return dtc*(1 - tc**2) + 2*cotc


# mistake: wrong_path -- coth instead of cotc
def dc(dtc, tc, coth):
    return dtc*(1 - tc**2) + coth


# mistake: other_gradient -- dh instead of dtc: o is missing
def dc(dh, tc, cotc):
    return dh*(1 - tc**2) + cotc


# mistake: zeros -- left as zeros
def dc(c):
    return torch.zeros_like(c)
