# attack: GeneratorExit and StopIteration, which a careless harness takes for the end of its own loop
# expect: dprobs=raised dcounts=raised
def dprobs(dlogprobs, probs):
    raise StopIteration


def dcounts(dprobs):
    raise GeneratorExit
