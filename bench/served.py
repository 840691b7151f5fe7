"""A site as the public gets it, for a look or a measurement, in a throwaway folder: documents and examples loaded,
static files collected and compressed, DEBUG off.

    python bench/served.py              serves it until Enter, and prints its address and its pages'

gunicorn serves it where it is installed, as docs/operations.md has it; else Python's own server, with threads.
"""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served():
    """Gives the site's address and its pages' addresses, and takes all away again."""
    with tempfile.TemporaryDirectory(prefix="newsroom-look-") as folder:
        env = os.environ | {"NEWSROOM_DATA_DIR": folder, "DATABASE_URL": "", "DJANGO_DEBUG": "0"}
        env |= {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "DJANGO_LOG_LEVEL": "ERROR"}
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
        command = [sys.executable, __file__, "--prepare"]
        prepared = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
        if prepared.returncode:
            sys.exit(f"The site could not be set up:\n{prepared.stdout}{prepared.stderr}")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen(_command(port), env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_for(f"{base}/readyz", server)
            yield base, json.loads(prepared.stdout.splitlines()[-1])
        finally:
            server.terminate()
            server.wait(20)


def chromium():
    """The path of a Chromium; ends the program where there is none."""
    sys.path.insert(0, str(ROOT))
    from tests.machine import chromium as found

    return found() or sys.exit("No Chromium on this machine: install the package chromium.")


def node_package(folder, package):
    """Where npm put a package; ends the program with the command that puts it there."""
    place = Path(folder) / "node_modules" / package.partition("@")[0]
    if not place.exists():
        sys.exit(f"{package} is not there. Run: npm install --prefix {folder} {package}")
    return place


def need(program):
    return shutil.which(program) or sys.exit(f"There is no {program} on this machine.")


def _command(port):
    if importlib.util.find_spec("gunicorn"):
        where = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
        return [sys.executable, "-m", "gunicorn", "newsroom.wsgi", "--log-level", "error", *where]
    return [sys.executable, __file__, "--serve", str(port)]


def _wait_for(address, server):
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if server.poll() is not None:
                sys.exit("The server ended before it answered.")
            time.sleep(0.1)
    sys.exit("The server does not answer.")


def prepare():
    """Fills the database and the folder of static files; prints the pages' addresses as JSON."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("demo", "--no-serve", "--examples")
    from bench import page_types

    page_types.plant()
    print(json.dumps(page_types.addresses()))


def serve(port):
    """Python's own server, a thread for each request."""
    import socketserver
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    import django
    from django.core.wsgi import get_wsgi_application

    class Server(socketserver.ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    django.setup()
    server = Server(("127.0.0.1", port), Quiet)
    server.set_app(get_wsgi_application())
    server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--prepare"]:
        prepare()
    elif sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]))
    else:
        with served() as (base, pages):
            print("\n".join(base + page for page in pages), flush=True)
            with suppress(KeyboardInterrupt, EOFError):
                input("Enter ends it. ")
