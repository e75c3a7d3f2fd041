"""Running other programs with bounds on time, memory, output and reach."""
