"""moto, answering one request at a time, on a port that is free; prints the port.

moto's own server answers many at once, but checks a condition and writes in two steps. Real DynamoDB does both in one,
and the ledger rests on that.
"""

import os

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.server import MotoRequestHandler
from werkzeug.serving import make_server

server = make_server(
    "127.0.0.1",
    0,
    DomainDispatcherApplication(create_backend_app),
    threaded=False,
    request_handler=MotoRequestHandler,
)
os.environ["MOTO_PORT"] = str(server.port)
print(server.port, flush=True)
server.serve_forever()
