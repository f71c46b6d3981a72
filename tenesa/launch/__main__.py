import sys

from tenesa.launch.run import main

sys.exit(main())
