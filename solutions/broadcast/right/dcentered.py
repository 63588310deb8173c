# form: the other order
def dcentered(dcubed, centered):
    return 3*centered**2*dcubed


# form: a product
def dcentered(dcubed, centered):
    return 3*centered*centered*dcubed


# form: from cubed
def dcentered(dcubed, cubed, centered):
    return 3*dcubed*cubed/centered


# form: fused with the mean
def dcentered(centered):
    return 3*centered**2/centered.numel()


# form: in float32 whatever the input
def dcentered(dcubed, centered):
    return 3*centered.float()**2*dcubed.float()
