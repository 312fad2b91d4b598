"""A command with one behaviour a call; usage: command.py CALL ARGS"""

import json
import os
import signal
import sys
import time

call, args = sys.argv[1], json.loads(sys.argv[2])
print("a word on stderr", file=sys.stderr, flush=True)
if call == "find":
    print(json.dumps({"args": args, "base": os.environ["CRM_BASE_URL"]}))
elif call == "talk":
    print("looking for it ...")
    print(json.dumps({"found": True}))
elif call == "garbage":
    print("<html>not JSON</html>")
elif call == "refuse":
    sys.exit(75)
elif call == "die":
    os.kill(os.getpid(), signal.SIGKILL)
elif call == "hang":
    print("still trying", flush=True)
    time.sleep(1000)
