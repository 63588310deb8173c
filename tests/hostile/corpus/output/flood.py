# attack: print without an end
# expect: dprobs=timed_out
def dprobs(dlogprobs, probs):
    while True:
        print("x" * 10**5)
