import sys

from glue_studio.cli import main

sys.exit(main())
