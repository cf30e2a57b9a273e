"""A mail server on a free port of 127.0.0.1: prints the port, then each mail that it takes as a JSON line.

Ends when its standard input does.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


class Taker:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        taken = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "subject": mail["subject"],
            "message_id": mail["message-id"],
            "body": mail.get_content(),
        }
        print(json.dumps(taken), flush=True)
        return "250 taken"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Taker(), hostname="mail.test"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
