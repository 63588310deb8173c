# attack: SystemExit out of __del__, while the answer is on its way
# expect: dprobs=correct|raised
class Leaver:
    def __del__(self):
        raise SystemExit(0)


def dprobs(dlogprobs, probs):
    leaver = Leaver()
    return dlogprobs / probs
