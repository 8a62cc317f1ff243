"""This file is a crowd of simple IMAP servers in one process of its own: many that speak, some that never do."""

import asyncio
import json
import os
import resource
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import process

ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n",
    b"LOGOUT": b"* BYE\r\n",
}


async def speak(reader, writer):
    writer.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] crowd ready\r\n")
    try:
        while line := await reader.readline():
            words = line.split()
            if len(words) < 2:
                break
            verb = words[1].upper()
            writer.write(ANSWERS.get(verb, b""))
            writer.write(words[0] + (b" OK done\r\n" if verb in ANSWERS or verb in (b"NOOP", b"ID") else b" BAD no\r\n"))
            await writer.drain()
            if verb == b"LOGOUT":
                break
    except (ConnectionError, ValueError):
        pass
    writer.close()


async def stay_silent(reader, writer):
    try:
        await reader.read()
    except ConnectionError:
        pass


async def listen(how, count):
    """The system chooses the ports: one that was free a moment ago may be somebody's by now."""
    servers = [await asyncio.start_server(how, "0.0.0.0", 0, backlog=4096) for _ in range(count)]
    return [server.sockets[0].getsockname()[1] for server in servers], servers


async def serve(speaking, silent):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    ports, servers = zip(await listen(speak, speaking), await listen(stay_silent, silent))
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()
    del servers


class Crowd:
    """with Crowd(33, 6) as it: it.speaking, it.silent are ports; every address of 127.0.0.0/8 reaches them."""

    def __init__(self, n_speaking, n_silent, log):
        self.counts, self.log = (n_speaking, n_silent), log

    def __enter__(self):
        self.child = process.start([sys.executable, os.path.abspath(__file__), *map(str, self.counts)], self.log)
        self.speaking, self.silent = json.loads(process.first_line(self.child, self.log))
        return self

    def __exit__(self, *why):
        process.stop(self.child)


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:3])))
