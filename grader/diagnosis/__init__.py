"""Names the mistake in a wrong gradient. The kinds are a closed list; every name is an identity verified on all cases."""

from grader.diagnosis.diagnose import DiagnosisFailed, diagnose, explain
from grader.diagnosis.kinds import SENTENCES, Diagnosis, Kind

__all__ = ["SENTENCES", "Diagnosis", "DiagnosisFailed", "Kind", "diagnose", "explain"]
