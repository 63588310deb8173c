# attack: an exception whose message never ends
# expect: dprobs=timed_out
class Endless(Exception):
    def __str__(self):
        while True:
            pass


def dprobs(dlogprobs, probs):
    raise Endless
