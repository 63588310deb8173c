"""Names the mistake in a wrong gradient: a closed list of kinds, each an identity verified on all cases."""

from grader.diagnosis.diagnose import DiagnosisFailed, diagnose, explain
from grader.diagnosis.kinds import SENTENCES, Diagnosis, Kind

__all__ = ["SENTENCES", "Diagnosis", "DiagnosisFailed", "Kind", "diagnose", "explain"]
