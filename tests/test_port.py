"""Who holds a port."""

import os
import socket

from crm_contracts.port import HIGHEST, LOWEST, free_port, holder_of, is_free


def test_a_port_that_is_held_is_not_free_and_its_holder_is_named() -> None:
    """The name and process id of whoever listens are told; afterwards the port is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        holder = holder_of(port)
        assert holder is not None
        assert f"(pid {os.getpid()})" in holder
    assert is_free("127.0.0.1", port)
    assert holder_of(port) is None


def test_a_free_port_is_none_that_the_system_gives_out_by_itself() -> None:
    """Whoever asks for any port meanwhile does not get the one at which a service is about to listen."""
    port = free_port()
    assert LOWEST <= port < HIGHEST
    assert is_free("127.0.0.1", port)
