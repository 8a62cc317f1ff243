"""This file serves one document over HTTPS, as a provider's autoconfig host does."""

import http.server
import ssl
import threading

CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="{domain}">
    <domain>{domain}</domain>
    <displayName>Practice</displayName>
{servers}  </emailProvider>
</clientConfig>
"""
SERVER = """    <{side} type="{kind}">
      <hostname>{host}</hostname>
      <port>{port}</port>
      <socketType>{socket}</socketType>
      <username>{user}</username>
      <authentication>password-cleartext</authentication>
    </{side}>
"""


def document(domain, rows, user="%EMAILADDRESS%"):
    """rows: (protocol, host, port, "SSL" or "STARTTLS")."""
    servers = "".join(SERVER.format(side="outgoingServer" if kind == "smtp" else "incomingServer", kind=kind, host=host,
                                    port=port, socket=socket, user=user) for kind, host, port, socket in rows)
    return CONFIG.format(domain=domain, servers=servers)


class Autoconfig:
    """https://HOST:port/mail/config-v1.1.xml and /.well-known/autoconfig/mail/config-v1.1.xml."""

    def __init__(self, certificate, text, host="127.0.0.2"):
        body = text.encode()
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                found = self.path.split("?")[0].endswith("/mail/config-v1.1.xml")
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body) if found else 0))
                self.end_headers()
                if found:
                    self.wfile.write(body)

            def log_message(self, format, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server = QuietServer((host, 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up in the handshake is no error of this server."""
