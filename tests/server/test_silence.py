"""Silent connections of one address give way, those that speak and those of others stay."""

import select
import socket
from contextlib import ExitStack

from asterism.server.silence import hush


def closed(connections: list[socket.socket]) -> list[int]:
    """Return which of the connections the other side has ended."""
    ended = select.select(connections, [], [], 0)[0]
    return [number for number, one in enumerate(connections) if one in ended]


def test_the_longest_silent_give_way() -> None:
    with ExitStack() as stack:
        for other in socket.socketpair():
            stack.enter_context(other)
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = listening.getsockname()[1]

        def connect(address: str) -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), source_address=(address, 0)))

        many = [connect("127.0.0.1") for _ in range(20)]
        others = [connect("127.0.0.2") for _ in range(10)]
        served = [stack.enter_context(listening.accept()[0]) for _ in range(30)]
        names = {one.getpeername(): one for one in served}
        while min(silence_of(one) for one in served) < 50:
            select.select([], [], [], 0.01)
        spoken = many[3:8]
        for one in spoken:
            one.sendall(b"x")
            assert names[one.getsockname()].recv(1) == b"x"
        assert hush(port, 10, 30) == 10
        gone = closed(many)
        assert len(gone) == 10
        assert not {3, 4, 5, 6, 7} & set(gone)
        assert closed(others) == []
        assert hush(port, 10, 30) == 0
        assert hush(port, 1000, 1000) == 0


def test_of_many_addresses_together_those_give_way_that_never_said_anything() -> None:
    with ExitStack() as stack:
        for other in socket.socketpair():
            stack.enter_context(other)
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = listening.getsockname()[1]
        opened, served = list[socket.socket](), list[socket.socket]()
        for number in range(20):
            source = (f"127.0.0.{number // 2 + 1}", 0)
            opened.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), source_address=source)))
            served.append(stack.enter_context(listening.accept()[0]))
            if number < 5:
                opened[-1].sendall(b"x")
                assert served[-1].recv(1) == b"x"
            elif number == 9:
                while min(silence_of(one) for one in served[5:]) < 50:
                    select.select([], [], [], 0.01)
        stack.enter_context(served[7].dup())
        assert hush(port, 2, 20) == 0
        assert hush(port, 2, 17) == 3
        assert hush(port, 2, 15) == 2
        assert closed(opened) == [5, 6, 7, 8, 9]
        assert hush(port, 2, 1) == 10
        assert closed(opened) == list(range(5, 20))


def silence_of(connection: socket.socket) -> int:
    return int.from_bytes(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 60)[52:56], "little")
