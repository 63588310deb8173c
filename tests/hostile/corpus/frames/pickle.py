# attack: an answer that runs code when somebody unpickles it
# with rules: dprobs=refused
# without: dprobs=killed
import os
import pickle


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch PLACE_TMP/escaped",))


def dprobs(dlogprobs, probs):
    body = pickle.dumps(Bomb())
    os.write(4, len(body).to_bytes(4, "little") + body)
    return dlogprobs / probs
