"""The path of a server's address: what stands before every operation's path."""

from urllib.parse import urlsplit

from crm_contracts.contracts.node import Node


def base_path_of(node: Node) -> str | None:
    """Return the path of the first of a node's servers, its variables at their defaults; None where it has none.

    >>> from crm_contracts.contracts.node import root
    >>> document = {"servers": [{"url": "https://{host}/crm/{v}/", "variables": {"v": {"default": "v3"}}}]}
    >>> base_path_of(root({"a": document}, "a"))
    '/crm/v3'
    """
    first = next(node.at("servers").items(), None)
    if first is None or not first.text("url"):
        return None
    url = first.text("url")
    for name, variable in first.at("variables").members():
        url = url.replace(f"{{{name}}}", variable.text("default"))
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = path.rstrip("/")
    return path if not path or path.startswith("/") else f"/{path}"


def path_of(url: str) -> str:
    """Return the path of an address, as a caller that is given our host would ask for it.

    >>> path_of("https://api.example.com/oauth/v1/token"), path_of("token")
    ('/oauth/v1/token', '/token')
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return "/"
    return path if path.startswith("/") else f"/{path}"
