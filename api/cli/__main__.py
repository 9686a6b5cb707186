"""`python -m api.cli`: the command line where no script is installed beside the interpreter."""

from __future__ import annotations

from api.cli.main import main

if __name__ == "__main__":
    main()
