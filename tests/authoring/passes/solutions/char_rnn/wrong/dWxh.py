# mistake: repeated_index -- assigned instead of added
def dWxh(chars, Wxh, Whh, bh, Why, by):
    da, _ = _da(chars, Wxh, Whh, bh, Why, by)
    out = torch.zeros_like(Wxh)
    out[chars[:, :-1].T] = da
    return out
