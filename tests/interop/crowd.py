"""TCP connections by the thousand that want nothing good: silent ones, and slow senders."""
import resource
import selectors
import socket

from processes import expect

HALF_A_MESSAGE = (b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n"
                  b"Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKslow\r\n")
WITHOUT_ITS_BODY = (b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n"
                    b"Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKbody\r\n"
                    b"From: <sip:x@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\n"
                    b"Call-ID: body@slow\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
                    b"Content-Type: text/plain\r\nContent-Length: 4000\r\n\r\n")
SPEECHES = (b"", HALF_A_MESSAGE, WITHOUT_ITS_BODY)


class Crowd:
    """`count` connections to one port: a third silent, the others in the middle of a message that
    they continue with an octet now and then."""

    def __init__(self, port, count):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        expect(hard >= count + 500, f"the limit of open files is {hard}, too low for {count}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.selector = selectors.DefaultSelector()
        self.open, self.talkers = set(), []
        for index in range(count):
            one = socket.create_connection(("127.0.0.1", port), timeout=10)
            one.setblocking(False)
            speech = SPEECHES[index % len(SPEECHES)]
            if speech:
                one.send(speech)
                self.talkers.append(one)
            self.selector.register(one, selectors.EVENT_READ)
            self.open.add(one)

    def says_a_little_more(self):
        """One octet from each that speaks, but for those that were shown the door."""
        for one in self.talkers:
            if one in self.open:
                try:
                    one.send(b"X")
                except OSError:
                    self._is_gone(one)

    def standing(self):
        """How many the exchange has not closed yet."""
        while True:
            ready = self.selector.select(0)
            if not ready:
                return len(self.open)
            for key, _ in ready:
                try:
                    gone = key.fileobj.recv(4096) == b""
                except OSError:
                    gone = True
                if gone:
                    self._is_gone(key.fileobj)

    def leaves(self):
        for one in list(self.open):
            self._is_gone(one)
        self.selector.close()

    def _is_gone(self, one):
        self.selector.unregister(one)
        self.open.discard(one)
        one.close()
