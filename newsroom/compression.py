"""Compresses what readers get: a phone waits for the bytes of a page longer than for the page to be made.

Only an answer that is the same for everybody is compressed. One that depends on who asks carries a secret of theirs,
which the length of what is compressed can give away (BREACH), and it is marked so: it varies with the cookie, sets
one, or may be stored nowhere.
"""

import gzip
import re

import brotli
from django.utils.cache import has_vary_header, patch_vary_headers

# The types that become shorter; pictures and archives are compressed already.
TEXTS = re.compile(r"(text/|application/([\w.+-]*[+/])?(json|xml|javascript)|image/svg\+xml)")
# An answer that fits into one packet is not sooner there for being shorter.
LEAST = 600
# Brotli at 5 takes as long as gzip at 6, and leaves a tenth less.
BROTLI_QUALITY, GZIP_LEVEL = 5, 6


class CompressionMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not is_compressible(response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        compress, name = chosen(request.headers.get("Accept-Encoding", ""))
        if not name:
            return response
        response.content = compress(response.content)
        response["Content-Encoding"] = name
        response["Content-Length"] = str(len(response.content))
        if response.headers.get("ETag", "").startswith('"'):
            # The same page in other bytes.
            response["ETag"] = "W/" + response["ETag"]
        return response


def is_compressible(response):
    return not (
        response.streaming
        or len(response.content) < LEAST
        or response.has_header("Content-Encoding")
        or response.cookies
        or has_vary_header(response, "Cookie")
        or "no-store" in response.headers.get("Cache-Control", "")
        or not TEXTS.match(response.headers.get("Content-Type", ""))
    )


def chosen(accepted):
    """What a browser that accepts this is sent: (the function, its name), with None for the text as it is."""
    weights = {}
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        weights[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    if weights.get("br"):
        return lambda content: brotli.compress(content, quality=BROTLI_QUALITY), "br"
    if weights.get("gzip"):
        # Without the moment, so that the same page is the same bytes.
        return lambda content: gzip.compress(content, GZIP_LEVEL, mtime=0), "gzip"
    return None, None
