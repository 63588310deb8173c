# mistake: wrong_operand -- sine and cosine swapped
def dk(dk_rot, cos, sin):
    return dk_rot * sin + _undo(dk_rot * cos)
