"""tiu beside other programs that do its job: what `bench/compare` is made of.

A *case* is a change of system that is measured (`cases`). A *peer* says how one program does it
(`peers`): which *artifacts* it wants made beforehand, on which disk it begins, and the shell script
that is measured. `rounds` runs them in turn, `meter` measures, `tree` judges what came out, and
`report` writes the tables.
"""
