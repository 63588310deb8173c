# attack: an exception's class, message and file begin lines with GitHub's commands and a total of one's own
# expect: dprobs=raised dlogits=raised
FORGED = "\n::stop-commands::x\n::add-mask::a\n\r\x85\u2028mlp: 26 of 26 correct\n\x1b[2J"

def dprobs(dlogprobs, probs):
    raise type(FORGED, (Exception,), {})(FORGED)

def dlogits(dlogprobs):
    print(FORGED)

    raise ValueError(FORGED)
