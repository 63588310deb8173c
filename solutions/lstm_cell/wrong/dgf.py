# mistake: wrong_operand -- the derivative of the tanh
def dgf(df, f):
    return df*(1 - f**2)


# mistake: upstream_only -- the sigmoid is missing
def dgf(df):
    return df.clone()


# mistake: upstream_unused -- df is missing
def dgf(f):
    return f*(1 - f)


# mistake: missing_path -- only half of the product
def dgf(df, f):
    return df*f


# mistake: missing_path -- only the other half
def dgf(df, f):
    return df*(1 - f)


# mistake: wrong_operand -- gf instead of f
def dgf(df, gf):
    return df*gf*(1 - gf)


# mistake: wrong_operand -- another gate
def dgf(df, i):
    return df*i*(1 - i)


# mistake: sign -- a minus
def dgf(df, f):
    return df*f*(f - 1)


# mistake: zeros -- left as zeros
def dgf(gf):
    return torch.zeros_like(gf)
