"""A class of attackers, and ten honest students among them. `attacks.py` lists who is in it."""
