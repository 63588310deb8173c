# mistake: wrong_operand -- not clipped
def dratio(dpi_loss, advantages):
    return -dpi_loss / len(advantages) * advantages


# mistake: wrong_operand -- clipped on both sides, whatever the sign of the advantage
def dratio(dpi_loss, ratio, advantages):
    inside = (ratio >= 1 - CLIP) & (ratio <= 1 + CLIP)
    return -dpi_loss / len(advantages) * advantages * inside
