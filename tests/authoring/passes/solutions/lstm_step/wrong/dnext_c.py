# mistake: missing_path -- the tanh is left out
def dnext_c(dnext_h, o):
    return dnext_h * o
