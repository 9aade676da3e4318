"""moto, working on one request at a time, on a port that is free; prints the port.

moto's own server works on many at once, but checks a condition and writes in two steps. Real DynamoDB does both in one,
and the ledger rests on that. Answers are sent side by side: a function that reads one object while it writes another would
wait for itself otherwise.

`POST /clock?<seconds>` lets that much time pass for everything in it: a hidden message comes back, a deduplication ends.
"""

import datetime
import functools
import os
import threading

# Before anything else of moto takes the function by its name.
import moto.core.utils

ahead = datetime.timedelta()
utcnow = moto.core.utils.utcnow
moto.core.utils.utcnow = lambda: utcnow() + ahead

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from moto.server import MotoRequestHandler  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

import cloudformation  # noqa: E402, F401



class Dispatcher(DomainDispatcherApplication):
    @functools.cache
    def get_backend_for_host(self, host):
        """The service of a host; cached, because moto searches its folders for every request, which takes a seventh of its time."""
        return super().get_backend_for_host(host)


aws = Dispatcher(create_backend_app)
one_at_a_time = threading.Lock()


def application(environ, start_response):
    global ahead
    if environ["PATH_INFO"] != "/clock":
        with one_at_a_time:
            return list(aws(environ, start_response))
    ahead += datetime.timedelta(seconds=float(environ["QUERY_STRING"]))
    start_response("204 No Content", [])
    return []


server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
os.environ["MOTO_PORT"] = str(server.port)
print(server.port, flush=True)
server.serve_forever()
