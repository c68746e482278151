"""The parts of `benchmarks/diagnosis.py`: wrong answers made by machine, and what is true of each."""
