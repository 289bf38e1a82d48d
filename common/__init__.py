"""What all command lines share: how they end, what they print on, how they ask AWS, where files go.

Needs the packages of the lock only where AWS or a terminal is spoken to. Imports nothing of this
project; every other package may import it.
"""
