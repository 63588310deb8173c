# mistake: missing_path -- the attention is left out
def ds_prev(ds, s, Ws):
    return (ds * (1 - s**2)) @ Ws.T
