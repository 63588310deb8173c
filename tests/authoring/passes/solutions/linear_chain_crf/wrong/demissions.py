# mistake: missing_path -- the score of the given tags is left out
def demissions(dalpha, emissions, trans):
    return _through_time(dalpha, emissions, trans)[0]
