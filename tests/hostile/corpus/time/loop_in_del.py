# attack: loop when the function's own object is thrown away
# expect: dprobs=timed_out
class Trap:
    def __del__(self):
        while True:
            pass


def dprobs(dlogprobs, probs):
    trap = Trap()
    return dlogprobs / probs
