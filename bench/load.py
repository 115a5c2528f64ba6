"""A load generator: keep-alive connections that send the next order as soon as the last is answered.

Run as a process of its own (`python -m bench.load PORT KEY COUNT CONNECTIONS FIRST`), so that it does not share the
server's interpreter. It prints JSON: seconds, and each answer's wait in seconds.
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid

import msgspec

from bench.setup_shop import an_order


class Result(msgspec.Struct):
    seconds: float
    waits_s: list[float]
    failed: int


def request(port: int, key: str, number: int) -> bytes:
    body = msgspec.to_builtins(an_order(number))
    body.pop("command", None)
    text = msgspec.json.encode(body)
    head = (
        f"POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


async def main() -> None:
    port, key, count, connections, first = sys.argv[1:6]
    requests = [request(int(port), key, int(first) + number) for number in range(int(count))]
    waiting = iter(requests)
    waits: list[float] = []
    failed = 0

    async def connection() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        for each in waiting:
            started = time.perf_counter()
            writer.write(each)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            waits.append(time.perf_counter() - started)
            if not head.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
                failed += 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(int(connections))))
    result = Result(time.perf_counter() - started, waits, failed)
    sys.stdout.write(msgspec.json.encode(result).decode())


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
