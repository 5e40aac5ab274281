"""`make bench`: our figures beside the limits of this machine, measured in the same run."""
