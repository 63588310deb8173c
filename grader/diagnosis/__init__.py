"""Why a gradient is wrong: a closed list of kinds, each an identity verified on all cases."""
