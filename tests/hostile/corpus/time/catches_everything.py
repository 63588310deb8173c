# attack: a loop that survives every exception
# expect: dprobs=timed_out
def dprobs(dlogprobs, probs):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
