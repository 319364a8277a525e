"""An attack on the library: a server that lies, and callers that misuse what they are given.

    python -m attack                            every family, 50,000 cases
    python -m attack endings limits             only these families
    python -m attack --cases 2000 --seed 7      fewer, and others
    python -m attack endings --case 1234        one case again, with what it did

The server (`server`, `http`, `wires`) is raw sockets and bytes, written from the recordings and the
vendors' documentation; nothing here imports the tests, and the server's side nothing of the package
either. A family is a module in `families` with a function that runs one case. What a case does
follows from its family, its number and the seed, so the line that reports it also repeats it.
"""
