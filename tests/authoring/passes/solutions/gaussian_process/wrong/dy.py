# mistake: missing_path -- y is read twice
def dy(dalpha, L):
    return _solve(L, dalpha)
