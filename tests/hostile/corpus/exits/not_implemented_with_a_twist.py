# attack: a NotImplementedError whose message raises
# expect: dprobs=not_started|raised
class Later(NotImplementedError):
    def __str__(self):
        raise SystemExit(0)


def dprobs(dlogprobs, probs):
    raise Later
