# mistake: missing_path -- only the skip connections
def dx(dout):
    return dout.clone()
