# form: the other order
def dsig(dact, gate):
    return gate*dact


# form: straight from dhid
def dsig(dhid, up, gate):
    return dhid*up*gate
