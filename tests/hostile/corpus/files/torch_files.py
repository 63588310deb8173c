# attack: let torch read and write the files
# with rules: dprobs=refused
# without: dprobs=correct
import torch


def dprobs(dlogprobs, probs):
    attempts = (
        lambda: torch.save(probs, "PLACE_TMP/escaped"),
        lambda: torch.load("PLACE_OTHER"),
        lambda: torch.from_file("PLACE_OTHER", size=1),
        lambda: torch.UntypedStorage.from_file("PLACE_TMP/escaped", True, 8),
        lambda: probs.clone().share_memory_(),
        lambda: torch.hub.load_state_dict_from_url("http://127.0.0.1:PLACE_PORT/escaped"),
        lambda: torch.ops.load_library("PLACE_OTHER"),
        lambda: torch.classes.load_library("PLACE_OTHER"),
    )
    for number, attempt in enumerate(attempts):
        try:
            attempt()
        except (OSError, RuntimeError, ImportError, AttributeError):
            continue
        raise RuntimeError(f"escaped: {number}")
    return dlogprobs / probs
